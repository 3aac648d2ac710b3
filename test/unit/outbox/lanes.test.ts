import assert from 'node:assert/strict';
import { itemId, spaceId } from '../../../src/domain/ids.js';
import type { ServerEventBody } from '../../../src/domain/session-port.js';
import { Doubts } from '../../../src/outbox/doubts.js';
import { lowered } from '../../../src/outbox/limits.js';
import { Outbox } from '../../../src/outbox/outbox.js';
import { Replies } from '../../../src/outbox/replies.js';
import { Told } from '../../../src/outbox/told.js';
import { beat, content, hashOf, limits, NO_BUDGET, push, request, space } from './fixture.js';

const nothing = (): undefined => undefined;
const kinds = (outbox: Outbox): string[] => outbox.draw().map(({ kind }) => kind);
const seal = (outbox: Outbox, bodies: readonly ServerEventBody[]): void =>
  void outbox.seal(
    bodies.map((body) => ({ carries: 'nothing', body })),
    () => null,
  );

describe('outbox/lanes', () => {
  it('gives replies before answers before doubts before metadata before content', () => {
    const outbox = new Outbox(limits(), NO_BUDGET, nothing);
    outbox.plan(space, push([content('planned', 1)]), nothing);
    outbox.note({ space, content: content('noted', 1), score: 0.5, reasons: [] });
    outbox.doubt({ space, item: itemId('doubted'), tellAnyway: false });
    outbox.say(beat(1));
    assert.deepEqual(kinds(outbox), ['reply', 'doubt', 'metadata', 'planned']);
  });

  it('gives nothing unasked as long as a request waits', () => {
    const outbox = new Outbox(limits(), NO_BUDGET, nothing);
    outbox.plan(space, push([content('planned', 1)]), nothing);
    outbox.note({ space, content: content('noted', 1), score: 0.5, reasons: [] });
    outbox.ask(request('asked', 1));
    assert.deepEqual(kinds(outbox), ['asked']);
    assert.deepEqual(kinds(outbox), [], 'the answer is still being composed');
    const error = { kind: 'not-modified', checkpoint: {} } as never;
    outbox.seal([{ carries: 'answer', body: { kind: 'answer', requestId: 1, answer: error } }], () => null);
    assert.deepEqual(kinds(outbox), ['metadata', 'planned']);
  });

  it('gives about a frame at a time', () => {
    const outbox = new Outbox(limits({ frameEvents: 10 }), NO_BUDGET, nothing);
    for (let nonce = 1; nonce <= 20; nonce++) outbox.say(beat(nonce));
    assert.equal(outbox.draw().length, 8, 'with room for a chunk and a position');
    const bytes = new Outbox(limits({ frameBytes: 100_000 }), NO_BUDGET, nothing);
    for (let id = 0; id < 20; id++) bytes.plan(space, push([content(`item${id}`, 1, 40_000)]), nothing);
    assert.equal(bytes.draw().length, 3, 'the one that exceeds it is the last');
  });

  it('sends metadata once for each content, drops the oldest beyond the bound, and bounds what is unacknowledged', () => {
    const outbox = new Outbox(limits({ maxMetadata: 3, maxInFlight: 2 }), NO_BUDGET, nothing);
    for (const version of [1, 2, 2, 3, 4])
      outbox.note({ space, content: content('a', version), score: 1, reasons: [] });
    assert.ok(outbox.knows(space, itemId('a'), hashOf('a', 4)));
    const drawn = outbox.draw().map((entry) => (entry.kind === 'metadata' ? entry.note.content.version : 0));
    assert.deepEqual(drawn, [2, 3]);
    const body = beat(0);
    outbox.seal(
      [
        { carries: 'metadata', body },
        { carries: 'metadata', body },
      ],
      () => null,
    );
    assert.ok(!outbox.ready, 'two are in flight');
    outbox.acknowledge(1, []);
    assert.deepEqual(kinds(outbox), ['metadata']);
  });

  it('drops what waits when the device wants nothing unasked', () => {
    let unsent = 0;
    const outbox = new Outbox(limits(), NO_BUDGET, (_space, _item, bytes) => (unsent += bytes));
    outbox.plan(space, push([content('planned', 1, 30)]), nothing);
    outbox.note({ space, content: content('noted', 1), score: 0.5, reasons: [] });
    outbox.limit({ ...NO_BUDGET, metadataOnly: true });
    assert.equal(unsent, 30);
    outbox.limit({ ...NO_BUDGET, paused: true });
    assert.ok(!outbox.ready);
    assert.ok(outbox.idle);
  });

  it('lets the least valuable bundle go beyond its bound, parts and all', () => {
    const gone: string[] = [];
    const outbox = new Outbox(limits({ maxPlanned: 3 }), NO_BUDGET, (_space, item) => gone.push(item));
    outbox.plan(space, push([content('a', 1), content('a.png', 1)], 0.2), nothing);
    outbox.plan(space, push([content('b', 1)], 0.9), nothing);
    outbox.plan(space, push([content('c', 1)], 0.5), nothing);
    assert.deepEqual(gone.sort(), ['a', 'a.png']);
    const drawn = outbox.draw().map((entry) => (entry.kind === 'planned' ? entry.parcel.item : ''));
    assert.deepEqual(drawn, ['b', 'c']);
  });

  it('sends the parts before the item, and neither if one of them is dropped', () => {
    const outbox = new Outbox(limits(), NO_BUDGET, nothing);
    outbox.plan(space, push([content('doc', 1), content('a.png', 1), content('b.png', 1)]), nothing);
    outbox.plan(space, push([content('other', 1), content('c.png', 1)]), nothing);
    outbox.superseded(space, content('c.png', 2));
    const drawn = outbox.draw().map((entry) => (entry.kind === 'planned' ? entry.parcel.item : ''));
    assert.deepEqual(drawn, ['a.png', 'b.png', 'doc']);
  });

  it('makes the device wait as long as what it brought about is not sent', async () => {
    const outbox = new Outbox(limits({ maxReplies: 2 }), NO_BUDGET, nothing);
    outbox.say(beat(1));
    await outbox.whenRoom();
    outbox.say(beat(2));
    let room = false;
    const waiting = outbox.whenRoom().then(() => (room = true));
    await Promise.resolve();
    assert.ok(!room);
    seal(
      outbox,
      outbox.draw().flatMap((entry) => (entry.kind === 'reply' ? [entry.body] : [])),
    );
    await waiting;
    assert.ok(room);
  });

  it('refuses what was never sent', () => {
    const outbox = new Outbox(limits(), NO_BUDGET, nothing);
    assert.throws(() => outbox.acknowledge(1, []), /ack names delivery 1, the last one is 0/);
    assert.throws(() => outbox.acknowledge(0, [3]), /FIELD_INVALID/);
  });

  it('claims positions once at a time, with what goes next or alone', () => {
    const outbox = new Outbox(limits(), NO_BUDGET, nothing);
    const positions: ServerEventBody = { kind: 'position', positions: [], resumeToken: new Uint8Array(0) };
    const sealed = (): number => outbox.seal([], () => positions).length;
    assert.equal(sealed(), 0, 'nobody asked for it');
    outbox.claimPositions();
    assert.ok(outbox.ready && !outbox.idle);
    assert.equal(sealed(), 1);
    assert.ok(outbox.positionInFlight && !outbox.idle);
    outbox.claimPositions();
    assert.equal(sealed(), 0, 'one is in flight');
    outbox.acknowledge(1, []);
    assert.ok(outbox.idle);
  });
});

describe('outbox/replies', () => {
  it('makes one acknowledgement of those that wait, no safer than the weakest', () => {
    const replies = new Replies();
    replies.confirm(1, 'replicated');
    replies.say(beat(1));
    replies.confirm(3, 'degraded');
    replies.confirm(2, 'local');
    assert.deepEqual(replies.take(9), [
      { kind: 'activity-ack', sequence: 3, durability: 'degraded' },
      beat(1),
    ]);
  });
});

describe('outbox/doubts', () => {
  it('keeps one of an item, oldest first, and refuses more than it has room for', () => {
    const doubts = new Doubts();
    const other = spaceId('other');
    assert.ok(doubts.add({ space, item: itemId('a'), tellAnyway: false }, 2));
    assert.ok(doubts.add({ space: other, item: itemId('a'), tellAnyway: false }, 2));
    assert.ok(!doubts.add({ space, item: itemId('b'), tellAnyway: false }, 2));
    assert.ok(doubts.add({ space, item: itemId('a'), tellAnyway: true }, 2));
    assert.deepEqual(doubts.take(1), [{ space, item: 'a', tellAnyway: true }]);
    assert.ok(doubts.has(other));
    assert.equal(doubts.take(9).length, 1);
    assert.ok(!doubts.has(other) && !doubts.has(space));
  });
});

describe('outbox/told', () => {
  it('remembers the newest of each item, and forgets the oldest items beyond its bound', () => {
    const told = new Told();
    told.add(space, itemId('first'), hashOf('first', 1));
    told.add(space, itemId('first'), hashOf('first', 2));
    assert.ok(!told.has(space, itemId('first'), hashOf('first', 1)));
    for (let index = 0; index < 1024; index++) told.add(space, itemId(`i${index}`), hashOf('x', 1));
    assert.ok(!told.has(space, itemId('first'), hashOf('first', 2)));
    assert.ok(told.has(space, itemId('i0'), hashOf('x', 1)));
  });
});

describe('outbox/limits', () => {
  it('a device may lower them, never raise them', () => {
    const own = limits({ maxInFlight: 8, maxInFlightBytes: 100 });
    const wants = (maxInFlight: number, maxInFlightBytes: number): number[] => {
      const { maxInFlight: count, maxInFlightBytes: bytes } = lowered(own, {
        ...NO_BUDGET,
        maxInFlight,
        maxInFlightBytes,
      });
      return [count, bytes];
    };
    assert.deepEqual(wants(0, 0), [8, 100]);
    assert.deepEqual(wants(3, 50), [3, 50]);
    assert.deepEqual(wants(9, 101), [8, 100]);
  });
});
