import assert from 'node:assert/strict';
import { ForesyncError } from '../../../src/domain/errors.js';
import { dataHash, itemId, sessionId, spaceId } from '../../../src/domain/ids.js';
import type { Push, PushBody, ServerEvent, ServerEventBody } from '../../../src/domain/session-port.js';
import { estimatedBytes, frames } from '../../../src/outbox/frames.js';
import { beat } from './fixture.js';

const space = spaceId('täm');
const hash = dataHash('ab'.repeat(32));

function push(body: PushBody): Push {
  const edges = Array.from({ length: 3 }, (_, index) => ({
    item: itemId(`img/${index}.png`),
    kind: 'part' as const,
  }));
  return {
    checkpoint: {
      space,
      item: itemId('docs/plan.md'),
      timestampMs: 1_700_000_000_000,
      userContext: '{"lastViewed":[]}',
      dataHash: hash,
      dependencyHashes: [hash, hash],
      predictionScore: 0.5,
      version: 7,
      sizeBytes: 100,
      edges,
    },
    body,
    reasons: [{ code: 'opened_after', text: 'opened after it 12 times', weight: 1 }],
  };
}

const BODIES: readonly ServerEventBody[] = [
  {
    kind: 'welcome',
    welcome: {
      sessionId: sessionId('s'),
      queryKey: new Uint8Array(32),
      verdicts: [{ space, verdict: 'resume' }],
      activitySequence: 1,
      serverTimeMs: 1,
      heartbeatIntervalMs: 1,
      limits: { activityBatchBytes: 1, chunkBytes: 1, itemBytes: 1, frameBytes: 1 },
    },
  },
  { kind: 'activity-ack', sequence: 1, durability: 'local' },
  { kind: 'push', push: push({ kind: 'metadata' }) },
  { kind: 'push', push: push({ kind: 'inline', bytes: new Uint8Array(5000), base: null }) },
  {
    kind: 'chunk',
    chunk: { transfer: 1, offset: 0, data: new Uint8Array(900), last: true, cancelled: false },
  },
  { kind: 'invalidation', space, item: itemId('x'.repeat(512)), version: 1, dataHash: hash },
  {
    kind: 'position',
    positions: [{ space, shard: 1, epoch: 'e'.repeat(64), offset: 9 }],
    resumeToken: new Uint8Array(99),
  },
  {
    kind: 'answer',
    requestId: 1,
    answer: { kind: 'found', push: push({ kind: 'inline', bytes: new Uint8Array(70), base: hash }) },
  },
  {
    kind: 'answer',
    requestId: 1,
    answer: { kind: 'not-modified', checkpoint: push({ kind: 'metadata' }).checkpoint },
  },
  {
    kind: 'answer',
    requestId: 1,
    answer: { kind: 'error', error: new ForesyncError('ITEM_UNKNOWN', 'gone') },
  },
  beat(1),
  { kind: 'goodbye', reason: 'shutdown', retryAfterMs: 1, message: 'the node shuts down' },
  { kind: 'refusal', activitySequence: 1, error: new ForesyncError('FIELD_INVALID', 'wrong') },
];

describe('outbox/frames', () => {
  it('never thinks an event smaller than what it carries', () => {
    for (const body of BODIES) {
      const strings = JSON.stringify(body, (_key, value: unknown) =>
        value instanceof Uint8Array ? value.length : value,
      );
      const texts = [...strings.matchAll(/:"([^"]*)"/g)].reduce(
        (sum, [, text = '']) => sum + Buffer.byteLength(text) / 2,
        0,
      );
      assert.ok(estimatedBytes(body) >= texts, body.kind);
    }
    const inline = estimatedBytes({
      kind: 'push',
      push: push({ kind: 'inline', bytes: new Uint8Array(5000), base: null }),
    });
    assert.ok(inline > 5000 && inline < 8000);
  });

  it('cuts by count and by bytes, in order, and never an event', () => {
    const events: ServerEvent[] = Array.from({ length: 10 }, (_, index) => ({
      ...beat(index),
      delivery: index + 1,
    }));
    const sizes = (maxEvents: number, maxBytes: number): number[] =>
      [...frames(events, maxEvents, maxBytes)].map((frame) => frame.length);
    assert.deepEqual(sizes(4, 1e6), [4, 4, 2]);
    assert.deepEqual(sizes(100, 3 * estimatedBytes(beat(0))), [3, 3, 3, 1]);
    assert.deepEqual(sizes(100, 1), Array<number>(10).fill(1));
    assert.deepEqual([...frames(events, 4, 1e6)].flat(), events);
    assert.deepEqual([...frames([], 4, 1e6)], []);
  });
});
