import assert from 'node:assert/strict';
import type { ClientEvent } from '@foresync/protocol';
import { BadRequest, ErrorInfo, RetryInfo, Ack as WireAck } from '@foresync/protocol';
import type { ContentName } from '../src/acks.js';
import { Acks } from '../src/acks.js';
import { AsyncQueue } from '../src/async-queue.js';
import { decodeRecord, encodeRecord } from '../src/buffer-record.js';
import { Committer } from '../src/committer.js';
import { ForesyncClientError } from '../src/errors.js';
import { EventBus } from '../src/event-bus.js';
import type { ForesyncEvent } from '../src/events.js';
import { decodeOutboxRecord } from '../src/outbox-record.js';
import { endOfError, endOfGoodbye } from '../src/session-end.js';
import { statusError } from '../src/status-error.js';
import type { SessionLink } from '../src/transport.js';
import { Uplink } from '../src/uplink.js';
import { bytesOf, checkpointFor, hashOf } from './support/checkpoints.js';
import { eventually } from './support/with-client.js';

const hash = (text: string): string => hashOf(bytesOf(text));
const named = (item: string, text = item, space = 's'): ContentName => ({
  space,
  item,
  dataHash: hash(text),
});

describe('Acks', () => {
  const everything = 1_000_000;
  const made = (holds: (content: ContentName) => boolean = () => true) => {
    const due = { count: 0 };
    return { due, acks: new Acks(['s'], holds, () => due.count++) };
  };

  it('tells a delivery once, and the highest', () => {
    const { acks, due } = made();
    acks.delivered(3);
    acks.delivered(7);
    acks.delivered(5);
    assert.equal(due.count, 2);
    assert.equal(acks.take(everything)?.delivery, 7n);
    assert.equal(acks.take(everything), undefined);
  });

  it('tells what is so now, not what was meanwhile', () => {
    const { acks } = made(({ item }) => item === 'back');
    acks.evicted([named('back'), named('gone')]);
    acks.held(named('back'));
    acks.held(named('gone'));
    const ack = acks.take(everything);
    assert.deepEqual(
      [ack?.held.map(({ item }) => item), ack?.evicted.map(({ item }) => item)],
      [['back'], ['gone']],
    );
  });

  it('says nothing of spaces that are not followed', () => {
    const { acks } = made(() => false);
    acks.evicted([named('a', 'a', 'other')]);
    assert.equal(acks.take(everything), undefined);
  });

  it('does not count a delivery as stored before every rejected one is told', () => {
    const { acks } = made();
    for (let delivery = 1; delivery <= 100; delivery++) acks.rejected(delivery);
    acks.delivered(100);
    const [first, second] = [acks.take(everything), acks.take(everything)];
    assert.deepEqual([first?.rejected.length, first?.delivery], [64, 0n]);
    assert.deepEqual([second?.rejected.length, second?.delivery], [36, 100n]);
  });

  it('stays within the limits of the contract, and of a frame', () => {
    const { acks, due } = made();
    for (let count = 0; count < 3_000; count++) acks.opened(named(`${count} ${'x'.repeat(400)}`), true);
    due.count = 0;
    const ack = acks.take(100_000);
    assert.ok(ack !== undefined && ack.opened.length > 100 && ack.opened.length <= 1024);
    assert.ok(WireAck.encode(ack).finish().length <= 101_000);
    assert.equal(due.count, 1, 'there is more');
    const small = made();
    for (let count = 0; count < 3_000; count++) small.acks.opened(named(`${count}`), true);
    assert.equal(small.acks.take(everything)?.opened.length, 1024);
  });

  it('forgets with a new session what its Hello says, but not what was opened', () => {
    const { acks } = made(() => false);
    acks.delivered(9);
    acks.evicted([named('a')]);
    acks.rejected(3);
    acks.opened(named('b'), false);
    acks.reset();
    const ack = acks.take(everything);
    assert.deepEqual(
      [ack?.delivery, ack?.evicted.length, ack?.rejected.length, ack?.opened.length],
      [0n, 0, 0, 1],
    );
    for (let count = 0; count < 9_000; count++) acks.opened(named(`${count}`), true);
    let told = 0;
    for (let next = acks.take(everything); next !== undefined; next = acks.take(everything))
      told += next.opened.length;
    assert.equal(told, 8192, 'the oldest go');
  });
});

describe('Uplink', () => {
  it('waits for the transport, and then sends all that came up in one frame', async () => {
    const frames: ClientEvent[][] = [];
    let drain: () => void = () => undefined;
    const link: SessionLink = {
      frames: new AsyncQueue(),
      send: (events) => {
        frames.push([...events]);
        return new Promise((resolve) => (drain = resolve));
      },
      finish: () => undefined,
      cancel: () => undefined,
    };
    const uplink = new Uplink(link, { ack: () => undefined, batch: () => undefined });
    const beat = (nonce: bigint): void =>
      uplink.send({ $case: 'heartbeat', value: { nonce, echo: 0n, timeMs: 0n, tokenExpiresInMs: 0n } });
    beat(1n);
    beat(2n);
    await eventually(() => frames.length === 1, 'a frame');
    for (let nonce = 3n; nonce < 400n; nonce++) beat(nonce);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      frames.map(({ length }) => length),
      [2],
    );
    const drained = uplink.drain();
    drain();
    await eventually(() => frames.length === 2, 'the next frame');
    drain();
    await eventually(() => frames.length === 3, 'the last frame');
    drain();
    await drained;
    assert.equal(frames.flat().length, 399);
    assert.ok(frames.every(({ length }) => length <= 256));
    uplink.close();
    beat(500n);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(frames.length, 3);
  });
});

describe('EventBus', () => {
  const event = (sequence: number): ForesyncEvent => ({ kind: 'durable', sequence, durability: 'local' });
  const read = async (events: AsyncIterable<ForesyncEvent>): Promise<ForesyncEvent[]> => {
    const all: ForesyncEvent[] = [];
    for await (const one of events) all.push(one);
    return all;
  };

  it('drops the oldest of a listener that is too slow, and says how many', async () => {
    const bus = new EventBus();
    const slow = bus.listen();
    for (let sequence = 1; sequence <= 1500; sequence++) bus.publish(event(sequence));
    bus.close();
    const heard = await read(slow);
    assert.deepEqual(
      [heard.length, heard[0], heard[1]],
      [1025, { kind: 'overflow', missed: 476 }, event(477)],
    );
    assert.deepEqual(heard.at(-1), event(1500));
  });

  it('ends with the signal, with the loop, and with the bus', async () => {
    const bus = new EventBus();
    const stop = new AbortController();
    const [signalled, left, last] = [bus.listen(stop.signal), bus.listen(), bus.listen()];
    bus.publish(event(1));
    stop.abort();
    bus.publish(event(2));
    for await (const one of left) {
      assert.deepEqual(one, event(1));
      break;
    }
    bus.close();
    bus.publish(event(3));
    assert.deepEqual(await read(signalled), [event(1)]);
    assert.deepEqual(await read(last), [event(1), event(2)]);
    assert.deepEqual(await read(bus.listen()), []);
    assert.deepEqual(await read(new EventBus().listen(AbortSignal.abort())), []);
  });
});

describe('Committer', () => {
  it('commits one at a time, and shares the next', async () => {
    const running: (() => void)[] = [];
    let commits = 0;
    const commit = (): Promise<void> => {
      commits++;
      return new Promise((resolve) => running.push(resolve));
    };
    const committer = new Committer(commit, () => assert.fail('nothing fails'));
    const first = committer.request();
    const [second, third] = [committer.request(), committer.request()];
    assert.equal(commits, 1);
    running.shift()?.();
    await first;
    await eventually(() => commits === 2, 'the second commit');
    running.shift()?.();
    await Promise.all([second, third]);
    assert.equal(commits, 2);
  });

  it('tries again what fails, until it is stopped', async () => {
    let full = true;
    const failures: string[] = [];
    const commit = (): Promise<void> => (full ? Promise.reject(new Error('full')) : Promise.resolve());
    const committer = new Committer(commit, ({ message }) => failures.push(message));
    const waiting = committer.request();
    await eventually(() => failures.length === 1, 'a failure');
    full = false;
    await waiting;
    full = true;
    await assert.rejects(committer.stop(), /full/);
    await assert.rejects(committer.request(), { code: 'CLOSED' });
  });
});

describe('what ends a session', () => {
  it('says whether to come back, and how', () => {
    const about = (code: ForesyncClientError['code']): unknown[] => {
      const { retry, exhausted, wipe } = endOfError(new ForesyncClientError(code, ''));
      return [retry, exhausted, wipe];
    };
    assert.deepEqual(about('UNAVAILABLE'), ['later', false, false]);
    assert.deepEqual(about('INTERNAL'), ['later', false, false]);
    assert.deepEqual(about('COMPACTED'), ['later', false, false]);
    assert.deepEqual(about('EXHAUSTED'), ['later', true, false]);
    assert.deepEqual(about('OVERLOADED'), ['later', true, false]);
    assert.deepEqual(about('UNAUTHENTICATED'), ['with-new-token', false, false]);
    assert.deepEqual(about('RESUME_TOKEN_FOREIGN'), ['later', false, true]);
    assert.deepEqual(about('FORGOTTEN'), ['never', false, true]);
    for (const code of [
      'TAKEN_OVER',
      'SPACE_FORBIDDEN',
      'DEVICE_REQUIRED',
      'FIELD_INVALID',
      'UNIMPLEMENTED',
    ] as const) {
      assert.deepEqual(about(code), ['never', false, false]);
    }
    const end = endOfGoodbye({ reason: 1, retryAfterMs: 70, message: 'a new version' });
    assert.deepEqual([end.error.code, end.retryAfterMs, end.retry], ['SHUTTING_DOWN', 70, 'later']);
  });

  it('is read from google.rpc.Status, details and all', () => {
    const detail = (type: string, value: Uint8Array) => ({ typeUrl: `type.googleapis.com/${type}`, value });
    const fieldViolations = [
      { field: 'activities[3].item', description: '', reason: '', localizedMessage: undefined },
    ];
    const error = statusError({
      code: 3,
      message: '[SEQUENCE_GAP] a number is missing',
      details: [
        detail(
          'google.rpc.ErrorInfo',
          ErrorInfo.encode({
            reason: 'SEQUENCE_GAP',
            domain: 'foresync',
            metadata: { expected: '4' },
          }).finish(),
        ),
        detail('google.rpc.BadRequest', BadRequest.encode({ fieldViolations }).finish()),
        detail(
          'google.rpc.RetryInfo',
          RetryInfo.encode({ retryDelay: { seconds: 2n, nanos: 500_000_000 } }).finish(),
        ),
        detail('google.rpc.Unheard', new Uint8Array(3)),
        detail('foresync.v1.Checkpoint', Uint8Array.of(255, 255, 255)),
      ],
    });
    assert.deepEqual([error.code, error.message], ['SEQUENCE_GAP', '[SEQUENCE_GAP] a number is missing']);
    const { field, facts, retryAfterMs, checkpoint } = error.details;
    assert.deepEqual(
      [field, facts, retryAfterMs, checkpoint],
      ['activities[3].item', { expected: '4' }, 2500, undefined],
    );
    assert.equal(statusError({ code: 8, message: '', details: [] }).code, 'EXHAUSTED');
    assert.equal(statusError({ code: 99, message: '', details: [] }).code, 'INTERNAL');
    const unheard = ErrorInfo.encode({
      reason: 'OF_A_LATER_VERSION',
      domain: 'foresync',
      metadata: {},
    }).finish();
    const later = statusError({ code: 14, message: '', details: [detail('google.rpc.ErrorInfo', unheard)] });
    assert.deepEqual([later.code, later.retryable], ['UNAVAILABLE', true]);
  });
});

describe('records on disk', () => {
  it('are read as they were written', () => {
    const checkpoint = checkpointFor('a', bytesOf('x'), {
      edges: [
        { item: 'b', kind: 'part' },
        { item: 'c', kind: 'link' },
      ],
    });
    for (const record of [
      {
        kind: 'put',
        atMs: 1.5,
        checkpoint: { ...checkpoint, userContext: '{}', dependencyHashes: [hash('d')] },
      },
      { kind: 'confirm', atMs: 2, checkpoint },
      { kind: 'stale', atMs: 3, space: 's', item: 'a' },
      { kind: 'touch', space: 's', item: 'a' },
      { kind: 'drop', space: 's', item: 'a' },
      { kind: 'renew', space: 's' },
      { kind: 'token', token: bytesOf('token') },
      { kind: 'key', key: bytesOf('key') },
    ] as const) {
      assert.deepEqual(decodeRecord(encodeRecord(record)), record);
    }
  });

  it('are refused if another version wrote them', () => {
    for (const bytes of [[], [99, 0, 0, 0, 0, 0, 0, 0, 0], [0, 1], [0, 0, 0, 0, 0, 0, 0, 0, 0, 255]]) {
      assert.throws(() => decodeRecord(Uint8Array.from(bytes)), { code: 'BUFFER_BROKEN' });
    }
    for (const bytes of [[], [99], [1, 0], [0, 255]]) {
      assert.throws(() => decodeOutboxRecord(Uint8Array.from(bytes)), { code: 'BUFFER_BROKEN' });
    }
  });
});
