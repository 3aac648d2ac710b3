import fc from 'fast-check';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { dataHash, itemId, sessionId, spaceId } from '../../../../src/domain/ids.js';
import type { Push, PushBody, ServerEvent, ServerEventBody } from '../../../../src/domain/session-port.js';

/** Any event that a session can send. */
export function anyEvent(): fc.Arbitrary<ServerEvent> {
  return fc.tuple(count, fc.oneof(...bodies)).map(([delivery, body]) => ({ delivery, ...body }));
}

const count = fc.oneof(fc.nat(200), fc.maxSafeNat());
const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const space = id.map(spaceId);
const item = id.map(itemId);
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hash = bytes(32).map((value) => dataHash(Buffer.from(value).toString('hex')));
const content = fc.uint8Array({ maxLength: 300 });
const score = fc.float({ min: 0, max: 1, noNaN: true });

const edge = fc.record({ item, kind: fc.constantFrom('part' as const, 'link' as const) });

const checkpoint = fc.record({
  space,
  item,
  timestampMs: count,
  userContext: fc.oneof(fc.constant(''), fc.json()),
  dataHash: hash,
  dependencyHashes: fc.array(hash, { maxLength: 3 }),
  predictionScore: score,
  version: count,
  sizeBytes: count,
  edges: fc.array(edge, { maxLength: 3 }),
});

const base = fc.option(hash, { nil: null });

const body: fc.Arbitrary<PushBody> = fc.oneof(
  fc.constant({ kind: 'metadata' as const }),
  fc.record({ kind: fc.constant('inline' as const), bytes: content, base }),
  fc.record({ kind: fc.constant('chunked' as const), transfer: count, encodedBytes: count, base }),
);

const reason = fc.record({
  code: id,
  text: fc.string(),
  weight: fc.float({ noNaN: true, noDefaultInfinity: true }),
});

const push: fc.Arbitrary<Push> = fc.record({ checkpoint, body, reasons: fc.array(reason, { maxLength: 3 }) });

const error = fc.constantFrom(
  new ForesyncError('ITEM_UNKNOWN', 'no such item', { field: 'item' }),
  new ForesyncError('SEQUENCE_GAP', 'a number was skipped', { facts: { expected: '4' } }),
  new ForesyncError('STORE_UNAVAILABLE', 'later', { retryAfterMs: 20 }),
);

const answer = fc.oneof(
  fc.record({ kind: fc.constant('found' as const), push }),
  fc.record({ kind: fc.constant('not-modified' as const), checkpoint }),
  fc.record({ kind: fc.constant('error' as const), error }),
);

const position = fc.record({ space, shard: fc.nat(63), epoch: fc.string(), offset: count });

const welcome = fc.record({
  sessionId: id.map(sessionId),
  queryKey: bytes(32),
  verdicts: fc.array(
    fc.record({ space, verdict: fc.constantFrom('resume', 'send-manifest', 'anew', 'wipe') }),
    { maxLength: 3 },
  ),
  activitySequence: count,
  serverTimeMs: count,
  heartbeatIntervalMs: fc.nat(60_000),
  limits: fc.record({ activityBatchBytes: count, chunkBytes: count, itemBytes: count, frameBytes: count }),
});

const reasons = [
  'left',
  'broken',
  'stalled',
  'silent',
  'token-expired',
  'taken-over',
  'shutdown',
  'forgotten',
] as const;

function kind<K extends ServerEventBody['kind']>(name: K): fc.Arbitrary<K> {
  return fc.constant(name);
}

const bodies: fc.Arbitrary<ServerEventBody>[] = [
  fc.record({ kind: kind('welcome'), welcome }),
  fc.record({
    kind: kind('activity-ack'),
    sequence: count,
    durability: fc.constantFrom('local', 'replicated', 'degraded'),
  }),
  fc.record({ kind: kind('push'), push }),
  fc.record({
    kind: kind('chunk'),
    chunk: fc.record({
      transfer: count,
      offset: count,
      data: content,
      last: fc.boolean(),
      cancelled: fc.boolean(),
    }),
  }),
  fc.record({
    kind: kind('invalidation'),
    space,
    item,
    version: count,
    dataHash: fc.option(hash, { nil: null }),
  }),
  fc.record({
    kind: kind('position'),
    positions: fc.array(position, { maxLength: 3 }),
    resumeToken: content,
  }),
  fc.record({ kind: kind('answer'), requestId: count, answer }),
  fc.record({ kind: kind('heartbeat'), nonce: count, echo: count, timeMs: count, tokenExpiresInMs: count }),
  fc.record({
    kind: kind('goodbye'),
    reason: fc.constantFrom(...reasons),
    retryAfterMs: fc.nat(),
    message: fc.string(),
  }),
  fc.record({ kind: kind('refusal'), activitySequence: count, error }),
];
