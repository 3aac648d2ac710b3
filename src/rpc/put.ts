import type { PutRequest, PutResponse } from '@foresync/protocol';
import type { ContentDeps } from '../content/deps.js';
import { putContent } from '../content/put.js';
import { ForesyncError } from '../domain/errors.js';
import type { Pseudonym, UserId } from '../domain/ids.js';
import type { ClientStream } from './call/handlers.js';
import { putOrder } from './inbound/content.js';
import { checked, Fault, within } from './inbound/fault.js';
import { wireCheckpoint, wireDurability, wirePosition } from './outbound/checkpoint.js';

export interface PutDeps {
  readonly content: ContentDeps;
  /** The name that a user has behind the edge. */
  readonly pseudonymOf: (user: UserId) => Pseudonym;
}

/** ContentService/Put: the header first, then chunks that go on into the store as they arrive. */
export function putHandler(deps: PutDeps): ClientStream<PutRequest, PutResponse> {
  const { content } = deps;
  return async (requests, call) => {
    const parts = requests[Symbol.asyncIterator]();
    const header = await headerOf(parts);
    const context = { nowMs: content.clock.now(), pseudonymOf: deps.pseudonymOf };
    const order = checked(() => within('header', () => putOrder(header, context)));
    const written = await putContent(content, call.identity, order, chunks(parts, content.limits.chunkBytes));
    return {
      checkpoint: wireCheckpoint(written.checkpoint),
      position: wirePosition(written.position),
      durability: wireDurability(written.durability),
    };
  };
}

async function headerOf(parts: AsyncIterator<PutRequest>) {
  const first = await parts.next();
  const part = first.done === true ? undefined : first.value.part;
  return checked(() => {
    if (part?.$case !== 'header') throw new Fault('header', 'is missing: it is the first message of a Put');
    return part.value;
  });
}

async function* chunks(parts: AsyncIterator<PutRequest>, limit: number): AsyncGenerator<Uint8Array> {
  for (let next = await parts.next(); next.done !== true; next = await parts.next()) {
    const { part } = next.value;
    if (part === undefined) continue;
    if (part.$case === 'header') throw twoHeaders();
    if (part.value.length > limit) throw chunkTooLarge(part.value.length, limit);
    yield part.value;
  }
}

function twoHeaders(): ForesyncError {
  const text = 'header is sent once, as the first message of a Put';
  return new ForesyncError('FIELD_INVALID', text, { field: 'header' });
}

function chunkTooLarge(size: number, limit: number): ForesyncError {
  return new ForesyncError('FRAME_TOO_LARGE', `the chunk has ${size} bytes, at most ${limit} are allowed`, {
    field: 'chunk',
    facts: { limit: String(limit), size: String(size) },
  });
}
