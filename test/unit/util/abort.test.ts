import assert from 'node:assert/strict';
import { getEventListeners, setMaxListeners } from 'node:events';
import { linkSignals, onAbort, timeLimit, untilAborted, withinTime } from '../../../src/util/abort.js';

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;
const never = (): Promise<never> => new Promise<never>(() => undefined);

describe('util/abort', () => {
  it('a linked signal follows the first of its signals, with its reason', () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const link = linkSignals(first.signal, second.signal);
    assert.equal(link.signal.aborted, false);
    const reason = new Error('second');
    second.abort(reason);
    first.abort(new Error('first'));
    assert.equal(link.signal.reason, reason);
  });

  it('a link of an aborted signal is aborted', () => {
    const reason = new Error('before');
    assert.equal(linkSignals(AbortSignal.abort(reason)).signal.reason, reason);
  });

  it('unlinking leaves no listener behind and no abort through', () => {
    const source = new AbortController();
    setMaxListeners(200, source.signal);
    const links = Array.from({ length: 50 }, () => linkSignals(source.signal));
    const limits = Array.from({ length: 50 }, () => timeLimit(60_000, source.signal));
    assert.equal(listeners(source.signal), 100);
    for (const link of [...links, ...limits]) link.unlink();
    assert.equal(listeners(source.signal), 0);
    source.abort();
    assert.ok([...links, ...limits].every((link) => !link.signal.aborted));
  });

  it('a time limit ends with a TimeoutError', async () => {
    const limit = timeLimit(1);
    await assert.rejects(untilAborted(never(), limit.signal), { name: 'TimeoutError' });
  });

  it('a time limit follows its signals too', () => {
    const source = new AbortController();
    const limit = timeLimit(60_000, source.signal);
    source.abort(new Error('left'));
    assert.equal(limit.signal.aborted, true);
    assert.equal((limit.signal.reason as Error).message, 'left');
    limit.unlink();
  });

  it('untilAborted passes on the answer or the failure, and takes its listener away', async () => {
    const { signal } = new AbortController();
    assert.equal(await untilAborted(Promise.resolve(5), signal), 5);
    await assert.rejects(untilAborted(Promise.reject(new Error('mine')), signal), /mine/);
    assert.equal(listeners(signal), 0);
  });

  it('untilAborted rejects as soon as the signal is aborted, with an Error whatever the reason was', async () => {
    const source = new AbortController();
    const waiting = untilAborted(never(), source.signal);
    source.abort('a word');
    await assert.rejects(waiting, /aborted: a word/);
    await assert.rejects(untilAborted(never(), AbortSignal.abort()), { name: 'AbortError' });
  });

  it('withinTime answers in time or throws', async () => {
    assert.equal(await withinTime(60_000, Promise.resolve('done')), 'done');
    await assert.rejects(withinTime(1, never()), { name: 'TimeoutError' });
  });

  it('onAbort calls once, at once if it is too late, and not after it was stopped', () => {
    const source = new AbortController();
    const heard: string[] = [];
    onAbort(source.signal, () => heard.push('kept'));
    onAbort(source.signal, () => heard.push('stopped'))();
    source.abort();
    onAbort(source.signal, () => heard.push('late'));
    assert.deepEqual(heard, ['kept', 'late']);
  });
});
