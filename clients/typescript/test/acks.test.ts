import assert from 'node:assert/strict';
import { Ack as WireAck } from '@foresync/protocol';
import type { ContentName } from '../src/acks.js';
import { Acks } from '../src/acks.js';
import { bytesOf, hashOf } from './support/checkpoints.js';

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
