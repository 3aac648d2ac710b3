import assert from 'node:assert/strict';
import { PushLedger } from '../../../clients/web/src/device/push-ledger.js';

describe('web/push-ledger', () => {
  let nowMs = 0;
  const ledger = (): PushLedger => new PushLedger(() => nowMs);
  const arrival = (item: string, bytes: number, score = 0.1) => ({ item, bytes, score, reasons: [] });
  const last = (of: PushLedger) => {
    const { opened, waiting, wasted } = of.points.at(-1) ?? assert.fail();
    return { opened, waiting, wasted };
  };

  beforeEach(() => {
    nowMs = 0;
  });

  it('lists what waits to be opened, the most probable first', () => {
    const pushes = ledger();
    pushes.pushed(arrival('a', 10, 0.2));
    pushes.pushed(arrival('b', 20, 0.7));
    assert.deepEqual(
      pushes.waiting.map(({ item }) => item),
      ['b', 'a'],
    );
  });

  it('counts a push as opened once, and names it to who opens', () => {
    const pushes = ledger();
    pushes.pushed(arrival('a', 10));
    assert.equal(pushes.opened('a')?.item, 'a');
    assert.equal(pushes.opened('a'), undefined);
    pushes.gone('a');
    assert.deepEqual(last(pushes), { opened: 10, waiting: 0, wasted: 0 });
  });

  it('counts what became old or went before it was opened as wasted, also by its own successor', () => {
    const pushes = ledger();
    for (const [item, bytes] of [['a', 10] as const, ['b', 20] as const, ['a', 15] as const])
      pushes.pushed(arrival(item, bytes));
    assert.deepEqual(last(pushes), { opened: 0, waiting: 35, wasted: 10 });
    pushes.gone('b');
    assert.deepEqual(last(pushes), { opened: 0, waiting: 15, wasted: 30 });
  });

  it('remembers how it went with a bound, from the first moment to the last', () => {
    const pushes = ledger();
    for (nowMs = 1; nowMs <= 5000; nowMs++) pushes.pushed(arrival(`item ${nowMs}`, 1));
    assert.ok(pushes.points.length <= 401, `${pushes.points.length} points`);
    assert.deepEqual([pushes.points[0]?.atMs, pushes.points.at(-1)?.atMs], [0, 5000]);
    assert.deepEqual(last(pushes), { opened: 0, waiting: 5000, wasted: 0 });
  });
});
