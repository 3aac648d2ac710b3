import type { FetchRequest, FetchResponse } from '@foresync/protocol';
import type { ContentDeps } from '../content/deps.js';
import type { Read } from '../content/get.js';
import { getContent } from '../content/get.js';
import type { Answer, PushBody } from '../domain/session-port.js';
import type { ServerStream } from './call/handlers.js';
import { checked, required, within } from './inbound/fault.js';
import { contentRequest } from './inbound/request.js';
import { wireAnswer, wireChunk } from './outbound/events.js';

/** A call has one transfer at most. */
const TRANSFER = 1;

/** SyncService/Fetch: one Answer, then the chunks of its content if it is larger than one. What fails ends the call. */
export function fetchHandler(deps: ContentDeps): ServerStream<FetchRequest, FetchResponse> {
  return async function* (request, call) {
    const asked = checked(() => within('request', () => contentRequest(required('', request.request))));
    const { space, item, latest, requestId } = asked;
    const order = { space, item, ifNoneMatch: latest?.dataHash ?? null };
    const read = await getContent(deps, call.identity, order);
    const inline = read.checkpoint.sizeBytes <= deps.limits.chunkBytes;
    const answer = await answerOf(read, inline);
    yield { part: { $case: 'answer', value: wireAnswer(requestId, answer) } };
    if (read.kind === 'found' && !inline) yield* transfer(read.content, read.checkpoint.sizeBytes);
  };
}

async function answerOf(read: Read, inline: boolean): Promise<Answer> {
  if (read.kind === 'not-modified') return read;
  const body: PushBody = inline
    ? { kind: 'inline', bytes: await only(read.content), base: null }
    : { kind: 'chunked', transfer: TRANSFER, encodedBytes: read.checkpoint.sizeBytes, base: null };
  return { kind: 'found', push: { checkpoint: read.checkpoint, body, reasons: [] } };
}

/** The one chunk of a content that fits into one. */
async function only(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  for await (const chunk of content) return chunk;
  return new Uint8Array(0);
}

async function* transfer(
  content: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<FetchResponse> {
  let offset = 0;
  for await (const data of content) {
    const last = offset + data.length >= sizeBytes;
    const chunk = wireChunk({ transfer: TRANSFER, offset, data, last, cancelled: false });
    yield { part: { $case: 'chunk', value: chunk } };
    offset += data.length;
  }
}
