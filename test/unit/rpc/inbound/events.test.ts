import assert from 'node:assert/strict';
import type { ClientEvent, SyncRequest } from '@foresync/protocol';
import { ActivityType, SyncRequest as SyncRequestCodec } from '@foresync/protocol';
import fc from 'fast-check';
import { ForesyncError } from '../../../../src/domain/errors.js';
import type { ClientEvent as DomainEvent } from '../../../../src/domain/session-port.js';
import { decodeArrived } from '../../../../src/rpc/call/arrived.js';
import { clientEvents, openingOf } from '../../../../src/rpc/inbound/events.js';

const NOW = 1_800_000_000_000;
const LIMITS = { nowMs: NOW, activityBatchBytes: 64 * 1024 };
const HASH = new Uint8Array(32).fill(1);
const HEX = '01'.repeat(32);

type Case = NonNullable<ClientEvent['event']>;

function frame(...events: (Case | undefined)[]): SyncRequest {
  return { events: events.map((event) => ({ event })) };
}

function decode(
  request: SyncRequest,
  bytes = SyncRequestCodec.encode(request).finish().length,
): DomainEvent[] {
  return [...clientEvents(request, bytes, LIMITS)];
}

function failure(run: () => unknown): ForesyncError {
  try {
    run();
  } catch (thrown) {
    assert.ok(thrown instanceof ForesyncError);
    return thrown;
  }
  return assert.fail('nothing was thrown');
}

/** The refusal that the only event of a frame became. */
function refusal(event: Case): Extract<DomainEvent, { kind: 'refused' }> {
  const [only] = decode(frame(event));
  assert.ok(only?.kind === 'refused');
  return only;
}

function batch(change: object = {}, activity: object = {}): Case {
  const viewed = {
    type: ActivityType.ACTIVITY_TYPE_VIEWED,
    item: 'a',
    queryBuckets: [],
    timeMs: BigInt(NOW),
    locationCell: '',
    ...activity,
  };
  return { $case: 'activities', value: { sequence: 3n, space: 's', activities: [viewed], ...change } };
}

function request(change: object = {}): Case {
  return { $case: 'request', value: { requestId: 9n, space: 's', item: 'i', latest: undefined, ...change } };
}

const hello: Case = {
  $case: 'hello',
  value: {
    resumeToken: new Uint8Array(0),
    spaces: ['s'],
    digests: [{ space: 's', digest: HASH, count: 2n }],
    budget: undefined,
    locationPermitted: false,
    clientVersion: 'test 1',
  },
};

describe('rpc/inbound/events', () => {
  it('turns every kind of event into its domain event, in order', () => {
    const ack = {
      delivery: 7n,
      opened: [{ space: 's', item: 'i', dataHash: HASH, zeroWait: true }],
      held: [{ space: 's', item: 'j', dataHash: HASH }],
      evicted: [{ space: 's', item: 'k', dataHash: HASH }],
      rejected: [5n],
    };
    const budget = {
      bytesPerHour: 10n,
      maxInFlight: 2,
      maxInFlightBytes: 99n,
      metadataOnly: true,
      paused: false,
    };
    const events = decode(
      frame(
        hello,
        batch(),
        { $case: 'ack', value: ack },
        request(),
        { $case: 'manifest', value: { space: 's', entries: [{ item: 'i', dataHash: HASH }], last: true } },
        { $case: 'heartbeat', value: { nonce: 4n, echo: 2n, timeMs: 0n, tokenExpiresInMs: 0n } },
        { $case: 'budget', value: budget },
      ),
    );
    assert.deepEqual(events, [
      { kind: 'hello' },
      {
        kind: 'activities',
        batch: {
          sequence: 3,
          space: 's',
          activities: [{ type: 'viewed', item: 'a', timeMs: NOW, locationCell: null }],
        },
      },
      {
        kind: 'ack',
        ack: {
          delivery: 7,
          opened: [{ space: 's', item: 'i', dataHash: HEX, zeroWait: true }],
          held: [{ space: 's', item: 'j', dataHash: HEX }],
          evicted: [{ space: 's', item: 'k', dataHash: HEX }],
          rejected: [5],
        },
      },
      { kind: 'request', request: { requestId: 9, space: 's', item: 'i', latest: null } },
      { kind: 'manifest', part: { space: 's', entries: [{ item: 'i', dataHash: HEX }], last: true } },
      { kind: 'heartbeat', nonce: 4, echo: 2 },
      {
        kind: 'budget',
        budget: { bytesPerHour: 10, maxInFlight: 2, maxInFlightBytes: 99, metadataOnly: true, paused: false },
      },
    ]);
  });

  it('skips events of kinds that it does not know', () => {
    assert.deepEqual(
      decode(frame(undefined, batch(), undefined)).map(({ kind }) => kind),
      ['activities'],
    );
  });

  it('checks an event only when it is asked for, so that those before it take effect', () => {
    const events = clientEvents(frame(request(), { $case: 'ack', value: badAck }), 100, LIMITS);
    const seen: string[] = [];
    const error = failure(() => {
      for (const event of events) seen.push(event.kind);
    });
    assert.deepEqual([seen, error.details.field], [['request'], 'events[1].ack.opened[0].data_hash']);
  });

  it('refuses more than 256 events a frame', () => {
    const error = failure(() => decode(frame(...Array.from({ length: 257 }, () => undefined))));
    assert.deepEqual(
      [error.code, error.details.field, error.details.facts],
      ['FIELD_INVALID', 'events', { limit: '256' }],
    );
  });

  it('refuses a batch with its number and the field, and the session goes on', () => {
    const wrong: [Case, string, string | undefined][] = [
      [batch({ space: '' }), 'space', undefined],
      [batch({ activities: [] }), 'activities', undefined],
      [batch({}, { type: ActivityType.ACTIVITY_TYPE_UNSPECIFIED }), 'activities[0].type', undefined],
      [batch({}, { type: 99 }), 'activities[0].type', undefined],
      [batch({}, { item: '' }), 'activities[0].item', undefined],
      [batch({}, { item: 'a\ufffd' }), 'activities[0].item', undefined],
      [batch({}, { queryBuckets: [1] }), 'activities[0].query_buckets', undefined],
      [batch({}, { timeMs: BigInt(NOW + 300_001) }), 'activities[0].time_ms', '300000'],
      [batch({}, { timeMs: -1n }), 'activities[0].time_ms', '0'],
      [batch({}, { locationCell: 'u33db' }), 'activities[0].location_cell', '4'],
      [batch({}, { locationCell: 'aiol' }), 'activities[0].location_cell', undefined],
      [batch({}, search({ item: 'x' })), 'activities[0].item', undefined],
      [batch({}, search({ queryBuckets: Array(17).fill(1) })), 'activities[0].query_buckets', '16'],
    ];
    for (const [event, field, limit] of wrong) {
      const refused = refusal(event);
      assert.deepEqual([refused.activitySequence, refused.requestId], [3, 0]);
      assert.deepEqual([refused.error.details.field, refused.error.details.facts?.['limit']], [field, limit]);
    }
  });

  it('takes searches and cells of a geohash', () => {
    const searched = search({ queryBuckets: [7, 4_294_967_295], locationCell: 'u33d' });
    const [event] = decode(frame(batch({}, searched)));
    assert.ok(event?.kind === 'activities');
    const expected = {
      type: 'searched',
      queryBuckets: [7, 4_294_967_295],
      timeMs: NOW,
      locationCell: 'u33d',
    };
    assert.deepEqual(event.batch.activities, [expected]);
  });

  it('refuses activities that are out of order, and batches of more than 256', () => {
    const at = (timeMs: number) => ({
      type: ActivityType.ACTIVITY_TYPE_EDITED,
      item: 'i',
      queryBuckets: [],
      timeMs: BigInt(timeMs),
      locationCell: '',
    });
    const disordered = refusal(batch({ activities: [at(5), at(5), at(4)] }));
    assert.equal(disordered.error.details.field, 'activities[2].time_ms');
    const crowded = refusal(batch({ activities: Array.from({ length: 257 }, () => at(5)) }));
    assert.equal(crowded.error.details.facts?.['limit'], '256');
  });

  it('refuses a batch of more than 64 KiB with the limit', () => {
    const activities = Array.from({ length: 200 }, () => ({
      type: ActivityType.ACTIVITY_TYPE_VIEWED,
      item: 'x'.repeat(500),
      queryBuckets: [],
      timeMs: 1n,
      locationCell: '',
    }));
    const { error, activitySequence } = refusal(batch({ activities }));
    assert.deepEqual(
      [error.code, error.details.facts?.['limit'], activitySequence],
      ['FRAME_TOO_LARGE', '65536', 3],
    );
    const small = activities.slice(0, 100);
    const [padded] = decode(frame(batch({ activities: small })), 1_000_000);
    assert.equal(padded?.kind, 'activities');
  });

  it('names a refused batch or request 0 when its number cannot be', () => {
    assert.deepEqual([refusal(batch({ sequence: 2n ** 63n })).activitySequence], [0]);
    assert.equal(refusal(batch({ sequence: 0n })).error.details.field, 'sequence');
    assert.equal(refusal(request({ requestId: 0n })).error.details.field, 'request_id');
  });

  it('refuses a request with its id and the field', () => {
    const latest = (change: object) => request({ latest: { ...checkpoint, ...change } });
    const wrong: [Case, string][] = [
      [request({ space: '' }), 'space'],
      [request({ item: 'x'.repeat(513) }), 'item'],
      [latest({ space: 'other' }), 'latest.space'],
      [latest({ item: 'other' }), 'latest.item'],
      [latest({ dataHash: new Uint8Array(31) }), 'latest.data_hash'],
      [latest({ version: 2n ** 64n - 1n }), 'latest.version'],
      [latest({ predictionScore: Number.NaN }), 'latest.prediction_score'],
      [latest({ predictionScore: Infinity }), 'latest.prediction_score'],
      [latest({ userContext: '['.repeat(10_000) }), 'latest.user_context'],
      [latest({ dependencyHashes: [new Uint8Array(1)] }), 'latest.dependency_hashes[0]'],
      [latest({ edges: Array(257).fill({ item: 'x', kind: 1 }) }), 'latest.edges'],
    ];
    for (const [event, field] of wrong) {
      const refused = refusal(event);
      assert.deepEqual([refused.requestId, refused.error.details.field], [9, field]);
    }
    const [taken] = decode(frame(latest({ userContext: '{"__proto__":{"admin":true}}' })));
    assert.ok(taken?.kind === 'request');
    assert.deepEqual(taken.request.latest, { dataHash: HEX, version: 4, timestampMs: 5 });
  });

  it('takes the Hello that a session starts with', () => {
    const opening = openingOf(frame(undefined, hello, request()));
    assert.deepEqual(opening.hello.spaces, ['s']);
    assert.deepEqual(opening.hello.digests, new Map([['s', { digest: HASH, count: 2 }]]));
    assert.equal(opening.hello.budget.bytesPerHour, 0);
    assert.equal(opening.rest.events.length, 1);
  });

  it('expects a Hello, and one that can be', () => {
    for (const opening of [frame(), frame(undefined), frame(request(), hello)]) {
      assert.equal(failure(() => openingOf(opening)).code, 'HELLO_EXPECTED');
    }
    const wrong: [object, string][] = [
      [{ spaces: [] }, 'events[0].hello.spaces'],
      [{ spaces: ['a', 'a'] }, 'events[0].hello.spaces[1]'],
      [{ spaces: Array.from({ length: 65 }, String) }, 'events[0].hello.spaces'],
      [
        { digests: [{ space: 's', digest: new Uint8Array(3), count: 0n }] },
        'events[0].hello.digests[0].digest',
      ],
      [{ digests: [{ space: 'other', digest: HASH, count: 0n }] }, 'events[0].hello.digests'],
      [{ digests: Array(2).fill({ space: 's', digest: HASH, count: 0n }) }, 'events[0].hello.digests'],
      [{ resumeToken: new Uint8Array(16_385) }, 'events[0].hello.resume_token'],
      [{ clientVersion: 'x'.repeat(129) }, 'events[0].hello.client_version'],
      [{ budget: { bytesPerHour: 2n ** 60n } }, 'events[0].hello.budget.bytes_per_hour'],
    ];
    for (const [change, field] of wrong) {
      const opening = frame({ $case: 'hello', value: { ...hello.value, ...change } });
      assert.equal(failure(() => openingOf(opening)).details.field, field);
    }
  });

  it('answers arbitrary bytes with events or an error of the catalogue', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), sane), { numRuns: 3000 });
  });

  it('answers arbitrary damage to real frames with events or an error of the catalogue', () => {
    const real = SyncRequestCodec.encode(frame(hello, batch(), request({ latest: checkpoint }))).finish();
    const damage = fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = Uint8Array.from(real);
        for (const [index, byte] of changes) bytes[index] = byte;
        sane(bytes);
      }),
      { numRuns: 3000 },
    );
  });
});

/** Whatever comes in: a ForesyncError that is no defect, or events. */
function sane(bytes: Uint8Array): void {
  const arrived = decodeArrived(SyncRequestCodec, bytes, 1024 * 1024);
  if (arrived.error !== undefined) {
    assert.equal(arrived.error.code, 'FIELD_INVALID');
    return;
  }
  for (const run of [
    () => openingOf(arrived.message),
    () => [...clientEvents(arrived.message, bytes.length, LIMITS)],
  ]) {
    try {
      run();
    } catch (thrown) {
      assert.ok(thrown instanceof ForesyncError);
      assert.notEqual(thrown.code, 'INTERNAL');
    }
  }
}

function search(change: object): object {
  return { type: ActivityType.ACTIVITY_TYPE_SEARCHED, item: '', ...change };
}

const badAck = {
  delivery: 0n,
  opened: [{ space: 's', item: 'i', dataHash: new Uint8Array(3), zeroWait: false }],
  held: [],
  evicted: [],
  rejected: [],
};

const checkpoint = {
  space: 's',
  item: 'i',
  timestamp: 5n,
  userContext: '',
  dataHash: HASH,
  dependencyHashes: [],
  predictionScore: 0,
  version: 4n,
  sizeBytes: 0n,
  edges: [],
};
