import { StoredCopy } from '@foresync/protocol/at-rest';
import type { CopyState } from '../../domain/archive-port.js';
import { ARCHIVE_PARTS } from '../../domain/archive-port.js';
import { corrupt } from '../failures.js';
import { decodeAs, whole } from './fields.js';

const WHAT = 'the state of a copy';

export function encodeCopy({ source, startedMs, part, after }: CopyState): Uint8Array {
  return StoredCopy.encode({ source, startedMs: BigInt(startedMs), part, after }).finish();
}

/** Throws STORE_CORRUPT. */
export function decodeCopy(bytes: Uint8Array): CopyState {
  const { source, startedMs, part, after } = decodeAs(WHAT, StoredCopy, bytes);
  const known = [...ARCHIVE_PARTS, 'verifying' as const].find((one) => one === part);
  if (known === undefined) throw corrupt(WHAT);
  return { source, startedMs: whole(WHAT, startedMs), part: known, after };
}
