import assert from 'node:assert/strict';
import { atTime } from '../../../../src/rpc/call/at-time.js';
import { LiveCalls } from '../../../../src/rpc/call/live-calls.js';
import { orAborted } from '../../../../src/rpc/call/or-aborted.js';
import { ForesyncError } from '../../../../src/domain/errors.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('rpc/call/at-time', () => {
  it('calls back when the clock has got there, at once if it has', async () => {
    let reached = 0;
    const atOnce = atTime({ now: () => 100 }, 100, () => reached++);
    assert.equal(reached, 1);
    atOnce();
    const clock = { now: () => Date.now() };
    await new Promise<void>((resolve) => void atTime(clock, Date.now() + 20, resolve));
  });

  it('goes by the clock it was given, whatever the wall’s says', async () => {
    const clock = { nowMs: 0, now: () => clock.nowMs };
    const calls: number[] = [];
    const forget = atTime(clock, 5, () => calls.push(clock.nowMs));
    await pause(30);
    assert.deepEqual(calls, [], 'the wall went on, the clock did not');
    clock.nowMs = 5;
    for (let tries = 0; calls.length === 0 && tries < 1000; tries++) await pause(1);
    assert.deepEqual(calls, [5]);
    forget();
  });

  it('calls nobody who stopped waiting', async () => {
    let reached = false;
    const clock = { now: () => Date.now() };
    atTime(clock, Date.now() + 10, () => (reached = true))();
    await pause(30);
    assert.equal(reached, false);
  });
});

describe('rpc/call/live-calls', () => {
  it('ends the calls that are open, and only those', () => {
    const calls = new LiveCalls();
    const [open, over] = [new AbortController(), new AbortController()];
    calls.add(open);
    calls.add(over);
    calls.remove(over);
    const why = new ForesyncError('SHUTTING_DOWN', 'over');
    calls.end(why);
    assert.deepEqual([calls.size, open.signal.reason, over.signal.aborted], [1, why, false]);
  });
});

describe('rpc/call/or-aborted', () => {
  const never = new Promise<number>(() => undefined);

  it('gives the answer, or the reason if that comes first', async () => {
    const stop = new AbortController();
    assert.equal(await orAborted(Promise.resolve(3), stop.signal), 3);
    await assert.rejects(orAborted(Promise.reject(new Error('broken')), stop.signal), /broken/);
    const waiting = orAborted(never, stop.signal);
    const why = new ForesyncError('SHUTTING_DOWN', 'over');
    stop.abort(why);
    await assert.rejects(waiting, why);
    await assert.rejects(orAborted(never, stop.signal), why);
  });
});
