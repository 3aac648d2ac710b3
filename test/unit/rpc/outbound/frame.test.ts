import assert from 'node:assert/strict';
import {
  ContentEncoding,
  Durability,
  EdgeKind,
  GoodbyeReason,
  SyncResponse,
  Verdict,
} from '@foresync/protocol';
import fc from 'fast-check';
import { dataHash, itemId, sessionId, spaceId } from '../../../../src/domain/ids.js';
import type { Push, ServerEvent, ServerEventBody } from '../../../../src/domain/session-port.js';
import { wireEvent } from '../../../../src/rpc/outbound/events.js';
import { encodeFrame } from '../../../../src/rpc/outbound/frame.js';
import { anyEvent } from './arbitrary-events.js';

const HASH = Uint8Array.from({ length: 32 }, () => 0xcd);
const EMPTY = new Uint8Array(0);

/** The body of one event as a device reads it. */
function received(body: ServerEventBody) {
  const bytes = encodeFrame([{ delivery: 7, ...body }]);
  const [event] = SyncResponse.decode(new Uint8Array(bytes)).events;
  assert.equal(event?.delivery, 7n);
  return event.event;
}

const push: Push = {
  checkpoint: {
    space: spaceId('s'),
    item: itemId('docs/plan.md'),
    timestampMs: 1_800_000_000_123,
    userContext: '{"last":["a"]}',
    dataHash: dataHash('cd'.repeat(32)),
    dependencyHashes: [dataHash('cd'.repeat(32))],
    predictionScore: 0.5,
    version: 12,
    sizeBytes: 5,
    edges: [
      { item: itemId('a.png'), kind: 'part' },
      { item: itemId('b.md'), kind: 'link' },
    ],
  },
  body: { kind: 'inline', bytes: Buffer.from('hello'), base: null },
  reasons: [{ code: 'recent', text: 'opened before', weight: 1.5 }],
};

const wirePush = {
  checkpoint: {
    space: 's',
    item: 'docs/plan.md',
    timestamp: 1_800_000_000_123n,
    userContext: '{"last":["a"]}',
    dataHash: HASH,
    dependencyHashes: [HASH],
    predictionScore: 0.5,
    version: 12n,
    sizeBytes: 5n,
    edges: [
      { item: 'a.png', kind: EdgeKind.EDGE_KIND_PART },
      { item: 'b.md', kind: EdgeKind.EDGE_KIND_LINK },
    ],
  },
  encoding: ContentEncoding.CONTENT_ENCODING_IDENTITY,
  content: Uint8Array.from(Buffer.from('hello')),
  transfer: 0n,
  encodedBytes: 5n,
  baseHash: EMPTY,
  reasons: [{ code: 'recent', text: 'opened before', weight: 1.5 }],
};

describe('rpc/outbound/frame', () => {
  it('encodes a push with its content, with a transfer, with a delta, and without content', () => {
    assert.deepEqual(received({ kind: 'push', push }), { $case: 'push', value: wirePush });
    const base = dataHash('cd'.repeat(32));
    const chunked = received({
      kind: 'push',
      push: { ...push, body: { kind: 'chunked', transfer: 3, encodedBytes: 99, base } },
    });
    assert.deepEqual(chunked, {
      $case: 'push',
      value: {
        ...wirePush,
        encoding: ContentEncoding.CONTENT_ENCODING_DELTA,
        content: EMPTY,
        transfer: 3n,
        encodedBytes: 99n,
        baseHash: HASH,
      },
    });
    const metadata = received({ kind: 'push', push: { ...push, body: { kind: 'metadata' } } });
    const none = { encoding: ContentEncoding.CONTENT_ENCODING_NONE, content: EMPTY, encodedBytes: 0n };
    assert.deepEqual(metadata, { $case: 'push', value: { ...wirePush, ...none } });
  });

  it('encodes answers', () => {
    const answer = (body: Extract<ServerEventBody, { kind: 'answer' }>['answer']) =>
      received({ kind: 'answer', requestId: 4, answer: body });
    assert.deepEqual(answer({ kind: 'found', push }), {
      $case: 'answer',
      value: { requestId: 4n, result: { $case: 'found', value: wirePush } },
    });
    assert.deepEqual(answer({ kind: 'not-modified', checkpoint: push.checkpoint }), {
      $case: 'answer',
      value: { requestId: 4n, result: { $case: 'notModified', value: wirePush.checkpoint } },
    });
  });

  it('encodes the opening and the end of a session', () => {
    const welcome = received({
      kind: 'welcome',
      welcome: {
        sessionId: sessionId('x'),
        queryKey: HASH,
        verdicts: (['resume', 'send-manifest', 'anew', 'wipe'] as const).map((verdict) => ({
          space: spaceId(verdict),
          verdict,
        })),
        activitySequence: 3,
        serverTimeMs: 5,
        heartbeatIntervalMs: 25_000,
        limits: { activityBatchBytes: 1, chunkBytes: 2, itemBytes: 3, frameBytes: 4 },
      },
    });
    assert.ok(welcome?.$case === 'welcome');
    assert.deepEqual(
      welcome.value.verdicts.map(({ verdict }) => verdict),
      [Verdict.VERDICT_RESUME, Verdict.VERDICT_SEND_MANIFEST, Verdict.VERDICT_ANEW, Verdict.VERDICT_WIPE],
    );
    const { limits } = welcome.value;
    assert.deepEqual(limits, { activityBatchBytes: 1n, chunkBytes: 2n, itemBytes: 3n, frameBytes: 4n });
    const goodbye = { kind: 'goodbye', reason: 'stalled', retryAfterMs: 9, message: 'slow' } as const;
    assert.deepEqual(received(goodbye), {
      $case: 'goodbye',
      value: { reason: GoodbyeReason.GOODBYE_REASON_SLOW_CONSUMER, retryAfterMs: 9, message: 'slow' },
    });
  });

  it('encodes a deletion as an invalidation without a hash', () => {
    const gone = { space: spaceId('s'), item: itemId('i'), version: 8, dataHash: null };
    assert.deepEqual(received({ kind: 'invalidation', ...gone }), {
      $case: 'invalidation',
      value: { space: 's', item: 'i', version: 8n, dataHash: EMPTY },
    });
  });

  it('encodes acknowledgements with their durability', () => {
    const ack = { kind: 'activity-ack', sequence: 2, durability: 'degraded' } as const;
    assert.deepEqual(received(ack), {
      $case: 'activityAck',
      value: { sequence: 2n, durability: Durability.DURABILITY_DEGRADED },
    });
  });

  it('gives the bytes that the generated codec gives, for any events', () => {
    fc.assert(
      fc.property(fc.array(anyEvent(), { maxLength: 5 }), (events: ServerEvent[]) => {
        const generated = SyncResponse.encode({ events: events.map(wireEvent) }).finish();
        assert.deepEqual(Buffer.from(encodeFrame(events)), Buffer.from(generated));
      }),
      { numRuns: 500 },
    );
  });
});
