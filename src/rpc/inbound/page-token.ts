import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { Fault } from './fault.js';

/** The token of the page after this item. Opaque to callers. */
export function pageToken(last: string | null): string {
  return last === null ? '' : Buffer.from(last, 'utf8').toString('base64url');
}

/** The item that a page comes after; '' for the first page. Throws a Fault for a token that we did not make. */
export function afterToken(token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  const item = bytes.toString('utf8');
  if (bytes.length > PROTOCOL_LIMITS.idBytes || pageToken(item === '' ? null : item) !== token) {
    throw new Fault('page_token', 'is not the next_page_token of a page');
  }
  return item;
}
