import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import type { Activity, Status, ActivityBatch } from '@foresync/protocol';
import {
  ActivityType,
  BadRequest,
  Checkpoint,
  ContentServiceDefinition,
  ErrorInfo,
  GetRequest,
  ListRequest,
  PutHeader,
  Request,
  SyncServiceDefinition,
} from '@foresync/protocol';
import type { AppWorld } from '../support/app-world.js';
import { appWorld } from '../support/app-world.js';
import { all, Caller, callFailure } from '../support/calls.js';
import type { Event } from '../support/hand-stream.js';
import { HandStream } from '../support/hand-stream.js';

const { methods } = ContentServiceDefinition;
const HASH = new Uint8Array(32);

/** Code, field and limit that a refusal on a stream carries. */
function refusalOf(wire: Status | undefined): [string | undefined, string | undefined, string | undefined] {
  const detail = <T>(type: string, codec: { decode(bytes: Uint8Array): T }): T | undefined => {
    const found = wire?.details.find(({ typeUrl }) => typeUrl.endsWith(type));
    return found === undefined ? undefined : codec.decode(found.value);
  };
  const info = detail('ErrorInfo', ErrorInfo);
  const field = detail('BadRequest', BadRequest)?.fieldViolations[0]?.field;
  return [info?.reason, field, info?.metadata['limit']];
}

function viewed(change: Partial<Activity> = {}): Activity {
  const base = { type: ActivityType.ACTIVITY_TYPE_VIEWED, item: 'known', queryBuckets: [], locationCell: '' };
  return { ...base, timeMs: BigInt(Date.now()), ...change };
}

const batch = (sequence: bigint, change: Partial<ActivityBatch> = {}): Event => ({
  $case: 'activities',
  value: { sequence, space: 'notes', activities: [viewed()], ...change },
});

const request = (change: Partial<Request>): Event => ({
  $case: 'request',
  value: Request.create({ requestId: 7n, space: 'notes', item: 'known', ...change }),
});

describe('bad input', () => {
  let world: AppWorld;
  let content: Caller;
  let sync: Caller;

  before(async () => {
    world = await appWorld({ limits: { itemBytes: 1024 * 1024 } });
    const token = await world.tokens.token({});
    content = new Caller(world.port, ContentServiceDefinition, token);
    sync = new Caller(world.port, SyncServiceDefinition, token);
    await put({ item: 'known', sizeBytes: 2n }, Buffer.from('ok'));
  });
  after(async () => {
    content.close();
    sync.close();
    await world.stop();
  });
  /** Whatever was sent: the server goes on serving. */
  afterEach(async () => {
    const [head] = await all(
      content.download(methods.get, GetRequest.create({ space: 'notes', item: 'known' })),
    );
    assert.equal(head?.part?.$case, 'checkpoint');
  });

  const put = (header: Partial<PutHeader>, ...chunks: Buffer[]) =>
    content.upload(methods.put, [
      {
        part: { $case: 'header' as const, value: PutHeader.create({ space: 'notes', item: 'x', ...header }) },
      },
      ...chunks.map((value) => ({ part: { $case: 'chunk' as const, value } })),
    ]);

  it('of writes is refused with the field and the limit', async () => {
    const wrong: [() => Promise<unknown>, number, string, string | undefined, string | undefined][] = [
      [
        () => put({ sizeBytes: 1024n * 1024n + 1n }),
        status.RESOURCE_EXHAUSTED,
        'ITEM_TOO_LARGE',
        'header.size_bytes',
        '1048576',
      ],
      [
        () => put({ sizeBytes: 300_000n }, Buffer.alloc(300_000)),
        status.RESOURCE_EXHAUSTED,
        'FRAME_TOO_LARGE',
        'chunk',
        '262144',
      ],
      [() => put({ item: '' }), status.INVALID_ARGUMENT, 'FIELD_INVALID', 'header.item', undefined],
      [() => put({ item: 'a\ufffd' }), status.INVALID_ARGUMENT, 'FIELD_INVALID', 'header.item', undefined],
      [() => put({ item: 'x'.repeat(513) }), status.INVALID_ARGUMENT, 'FIELD_INVALID', 'header.item', '512'],
      [
        () => put({ ifMatch: new Uint8Array(31) }),
        status.INVALID_ARGUMENT,
        'FIELD_INVALID',
        'header.if_match',
        '32',
      ],
      [
        () => put({ ifMatch: HASH, createOnly: true }),
        status.INVALID_ARGUMENT,
        'FIELD_INVALID',
        'header.if_match',
        undefined,
      ],
      [
        () => put({ modifiedMs: BigInt(Date.now() + 600_000) }),
        status.INVALID_ARGUMENT,
        'FIELD_INVALID',
        'header.modified_ms',
        '300000',
      ],
      [
        () => put({ edges: Array.from({ length: 257 }, (_, i) => ({ item: `e${i}`, kind: 1 as const })) }),
        status.INVALID_ARGUMENT,
        'FIELD_INVALID',
        'header.edges',
        '256',
      ],
      [
        () => put({ edges: [{ item: 'x', kind: 1 }] }),
        status.INVALID_ARGUMENT,
        'FIELD_INVALID',
        'header.edges[0].item',
        undefined,
      ],
      [
        () => put({ audience: ['bob'] }),
        status.INVALID_ARGUMENT,
        'FIELD_INVALID',
        'header.audience',
        undefined,
      ],
      [
        () => put({ sizeBytes: 3n }, Buffer.from('four')),
        status.INVALID_ARGUMENT,
        'HASH_MISMATCH',
        undefined,
        undefined,
      ],
      [() => put({ space: 'elsewhere' }), status.PERMISSION_DENIED, 'SPACE_FORBIDDEN', undefined, undefined],
      [
        () => content.upload(methods.put, [{ part: { $case: 'chunk', value: Buffer.from('x') } }]),
        status.INVALID_ARGUMENT,
        'FIELD_INVALID',
        'header',
        undefined,
      ],
    ];
    for (const [run, grpc, code, field, limit] of wrong) {
      const failure = await callFailure(run);
      assert.deepEqual([failure.status, failure.code], [grpc, code], failure.message);
      if (field !== undefined) assert.deepEqual(failure.fields, [field]);
      if (limit !== undefined) assert.equal(failure.facts['limit'], limit);
    }
  });

  it('of reads is refused with the field', async () => {
    const list = (change: object) =>
      callFailure(() => content.unary(methods.list, ListRequest.create({ space: 'notes', ...change })));
    assert.deepEqual((await list({ pageSize: 1001 })).fields, ['page_size']);
    assert.deepEqual((await list({ pageToken: '!' })).fields, ['page_token']);
    assert.deepEqual((await list({ prefix: 'x'.repeat(513) })).fields, ['prefix']);
    const unknown = await callFailure(() =>
      all(content.download(methods.get, GetRequest.create({ space: 'notes', item: 'nowhere' }))),
    );
    assert.deepEqual([unknown.status, unknown.code], [status.NOT_FOUND, 'ITEM_UNKNOWN']);
  });

  it('that is larger than a frame is refused with the limit, whatever its size', async () => {
    const oversize = async (bytes: number) => {
      const stream = new HandStream(sync);
      stream.send({ $case: 'hello', value: { ...helloOf(), resumeToken: Buffer.alloc(bytes) } });
      return stream.ended;
    };
    const refused = await oversize(1024 * 1024 + 1);
    assert.deepEqual(
      [refused?.status, refused?.code, refused?.facts['limit']],
      [status.RESOURCE_EXHAUSTED, 'FRAME_TOO_LARGE', '1048576'],
    );
    assert.equal((await oversize(5 * 1024 * 1024))?.status, status.RESOURCE_EXHAUSTED);
  });

  it('of a batch or a request is refused, and the session goes on', async () => {
    const stream = new HandStream(sync);
    await stream.hello();
    const wrong: [Event, string, string | undefined, string | undefined][] = [
      [
        batch(1n, { activities: [viewed({ timeMs: BigInt(Date.now() + 600_000) })] }),
        'FIELD_INVALID',
        'activities[0].time_ms',
        '300000',
      ],
      [
        batch(1n, { activities: [viewed({ item: 'a\ufffd' })] }),
        'FIELD_INVALID',
        'activities[0].item',
        undefined,
      ],
      [batch(1n, { activities: [] }), 'FIELD_INVALID', 'activities', undefined],
      [
        batch(1n, { activities: Array.from({ length: 200 }, () => viewed({ item: 'x'.repeat(500) })) }),
        'FRAME_TOO_LARGE',
        'activities',
        '65536',
      ],
      [batch(1n, { space: 'elsewhere' }), 'SPACE_FORBIDDEN', undefined, undefined],
      [
        batch(1n, { activities: [viewed({ item: 'nowhere' })] }),
        'ITEM_UNKNOWN',
        'activities[0].item',
        undefined,
      ],
      [batch(5n), 'SEQUENCE_GAP', undefined, undefined],
    ];
    for (const [event, code, field, limit] of wrong) {
      stream.send(event);
      const [gotCode, gotField, gotLimit] = refusalOf((await stream.next('refusal')).status);
      assert.equal(gotCode, code);
      if (field !== undefined) assert.equal(gotField, field);
      if (limit !== undefined) assert.equal(gotLimit, limit);
    }
    const latest = { ...Checkpoint.create({ space: 'notes', item: 'known', dataHash: HASH }) };
    const asked: [Event, string, string | undefined][] = [
      [request({ item: 'nowhere' }), 'ITEM_UNKNOWN', undefined],
      [
        request({ latest: { ...latest, predictionScore: Number.NaN } }),
        'FIELD_INVALID',
        'latest.prediction_score',
      ],
      [
        request({ latest: { ...latest, predictionScore: Infinity } }),
        'FIELD_INVALID',
        'latest.prediction_score',
      ],
      [
        request({ latest: { ...latest, userContext: '['.repeat(10_000) } }),
        'FIELD_INVALID',
        'latest.user_context',
      ],
      [request({ latest: { ...latest, dataHash: new Uint8Array(5) } }), 'FIELD_INVALID', 'latest.data_hash'],
    ];
    for (const [event, code, field] of asked) {
      stream.send(event);
      const { requestId, result } = await stream.next('answer');
      assert.ok(result?.$case === 'error');
      const [gotCode, gotField] = refusalOf(result.value);
      assert.deepEqual([requestId, gotCode], [7n, code]);
      if (field !== undefined) assert.equal(gotField, field);
    }
    stream.send(request({ latest: { ...latest, userContext: '{"__proto__":{"admin":true}}' } }));
    assert.equal((await stream.next('answer')).result?.$case, 'found');
    stream.send(batch(1n));
    assert.equal((await stream.next('activityAck')).sequence, 1n);
    stream.call.end();
    assert.equal(await stream.ended, null);
  });

  it('of anything else ends the session with the path', async () => {
    const ack = { delivery: 0n, opened: [], held: [], evicted: [], rejected: [] };
    const wrong: [Event, string][] = [
      [
        {
          $case: 'ack',
          value: { ...ack, held: [{ space: 'notes', item: 'x', dataHash: new Uint8Array(31) }] },
        },
        'events[0].ack.held[0].data_hash',
      ],
      [{ $case: 'ack', value: { ...ack, delivery: 2n ** 60n } }, 'events[0].ack.delivery'],
      [{ $case: 'manifest', value: { space: '', entries: [], last: true } }, 'events[0].manifest.space'],
    ];
    for (const [event, field] of wrong) {
      const stream = new HandStream(sync);
      await stream.hello();
      stream.send(event);
      const failure = await stream.ended;
      assert.deepEqual([failure?.status, failure?.fields], [status.INVALID_ARGUMENT, [field]]);
    }
  });

  it('before Hello, and bytes that are no message, are refused', async () => {
    const early = new HandStream(sync);
    early.send(batch(1n));
    assert.equal((await early.ended)?.code, 'HELLO_EXPECTED');
    const empty = new HandStream(sync);
    empty.call.end();
    assert.equal((await empty.ended)?.code, 'HELLO_EXPECTED');
    const bytes = {
      encode: () => ({ finish: () => Uint8Array.of(0x0a, 0xff, 0xff, 0x7f) }),
      decode: () => ({}),
    };
    const malformed = await callFailure(() =>
      content.unary({ name: 'List', requestType: bytes, responseType: bytes }, {}),
    );
    assert.deepEqual([malformed.status, malformed.code], [status.INVALID_ARGUMENT, 'FIELD_INVALID']);
  });

  it('of a token opens no session', async () => {
    const opening = async (order: Parameters<AppWorld['tokens']['token']>[0], spaces = ['notes']) => {
      const caller = new Caller(world.port, SyncServiceDefinition, await world.tokens.token(order));
      const stream = new HandStream(caller);
      stream.send({ $case: 'hello', value: { ...helloOf(), spaces } });
      const failure = await stream.ended;
      caller.close();
      return [failure?.status, failure?.code];
    };
    assert.deepEqual(await opening({ device: null }), [status.PERMISSION_DENIED, 'DEVICE_REQUIRED']);
    assert.deepEqual(await opening({ spaces: { other: 'read' } }), [
      status.PERMISSION_DENIED,
      'SPACE_FORBIDDEN',
    ]);
    assert.deepEqual(await opening({ spaces: { other: 'read' } }, ['other']), [
      status.NOT_FOUND,
      'SPACE_UNKNOWN',
    ]);
    assert.deepEqual(await opening({ expiresMs: Date.now() - 5000 }), [
      status.UNAUTHENTICATED,
      'UNAUTHENTICATED',
    ]);
  });

  it('is a resume token of another user or device', async () => {
    const open = async (
      order: Parameters<AppWorld['tokens']['token']>[0],
      resumeToken = new Uint8Array(0),
    ) => {
      const caller = new Caller(world.port, SyncServiceDefinition, await world.tokens.token(order));
      const stream = new HandStream(caller);
      stream.send({ $case: 'hello', value: { ...helloOf(), resumeToken } });
      return { caller, stream };
    };
    const own = await open({ user: 'carol', device: 'one' });
    const { resumeToken } = await own.stream.next('position');
    for (const order of [
      { user: 'dave', device: 'one' },
      { user: 'carol', device: 'two' },
    ]) {
      const { caller, stream } = await open(order, new Uint8Array(resumeToken));
      const failure = await stream.ended;
      assert.deepEqual([failure?.status, failure?.code], [status.PERMISSION_DENIED, 'RESUME_TOKEN_FOREIGN']);
      caller.close();
    }
    own.stream.call.end();
    await own.stream.ended;
    own.caller.close();
  });
});

function helloOf() {
  return {
    resumeToken: new Uint8Array(0) as Uint8Array,
    spaces: ['notes'],
    digests: [],
    budget: undefined,
    locationPermitted: false,
    clientVersion: 'by hand',
  };
}
