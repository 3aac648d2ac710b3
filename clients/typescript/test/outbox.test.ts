import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Outbox } from '../src/outbox.js';
import { CrashingLog } from './support/crashing-log.js';
import type { Step } from './support/outbox-world.js';
import { step, World, opened, batch, given, watched } from './support/outbox-world.js';

/** The device forgets that a batch was refused, and sends it again. */
const REFUSED_AND_CRASHED: Step[] = ['refuse', 'add', 'connect', 'commit', 'send', 'arrive', 'crash'];

describe('Outbox', () => {
  it('gives nothing to send before it is stored and welcomed', async () => {
    const outbox = await opened(new CrashingLog());
    outbox.add(batch('a'));
    outbox.welcome(0);
    assert.equal(outbox.next(), undefined);
    await outbox.commit();
    assert.deepEqual(given(outbox.next()), [1n, 'a']);
    assert.equal(outbox.next(), undefined);
  });

  it('numbers on from what the server says is durable', async () => {
    const outbox = await opened(new CrashingLog());
    for (const item of ['a', 'b', 'c']) outbox.add(batch(item));
    outbox.welcome(7);
    await outbox.commit();
    assert.deepEqual([outbox.next(), outbox.next()].map(given), [
      [8n, 'a'],
      [9n, 'b'],
    ]);
    outbox.acked(8);
    outbox.lost();
    assert.equal(outbox.next(), undefined);
    outbox.welcome(9);
    await outbox.commit();
    assert.deepEqual(given(outbox.next()), [10n, 'c']);
    outbox.welcome(2);
    await outbox.commit();
    assert.deepEqual(given(outbox.next()), [3n, 'c'], 'a server that lost its data');
  });

  it('does not send more than the window without an acknowledgement', async () => {
    const outbox = await opened(new CrashingLog(), { batches: 100, window: 2 });
    for (const item of ['a', 'b', 'c']) outbox.add(batch(item));
    outbox.welcome(0);
    await outbox.commit();
    assert.ok(outbox.next() !== undefined && outbox.next() !== undefined);
    assert.equal(outbox.next(), undefined);
    outbox.acked(1);
    await outbox.commit();
    assert.deepEqual(given(outbox.next()), [3n, 'c']);
  });

  it('loses the oldest beyond its bound, and counts what was in it', async () => {
    const lost: number[] = [];
    const outbox = await Outbox.open(new CrashingLog(), (count) => lost.push(count), {
      batches: 2,
      window: 64,
    });
    for (const item of ['a', 'b', 'c', 'd']) outbox.add(batch(item));
    assert.deepEqual([lost, outbox.size], [[1, 1], 2]);
    outbox.welcome(0);
    await outbox.commit();
    assert.deepEqual([outbox.next(), outbox.next()].map(given), [
      [1n, 'c'],
      [2n, 'd'],
    ]);
  });

  it('settles when all that was there is durable, whatever came after', async () => {
    const outbox = await opened(new CrashingLog());
    await outbox.settled();
    outbox.add(batch('a'));
    const settled = watched(outbox.settled());
    outbox.add(batch('b'));
    outbox.welcome(0);
    await outbox.commit();
    outbox.next();
    outbox.next();
    outbox.refused(2);
    await Promise.resolve();
    assert.equal(settled.done, false, 'of two, the other one went');
    outbox.acked(1);
    await settled.promise;
    outbox.add(batch('c'));
    const never = outbox.settled();
    outbox.giveUp(new Error('closed'));
    await assert.rejects(never, /closed/);
  });

  it('stores the number of a batch before it is sent under it, whatever gave it that number', async () => {
    const outbox = await opened(new CrashingLog());
    for (const space of ['s', 't', 's']) outbox.add(batch('a', space));
    outbox.welcome(0);
    await outbox.commit();
    const sendAll = () => [outbox.next(), outbox.next(), outbox.next()].map(given).filter(([, item]) => item);
    assert.equal(sendAll().length, 3);
    outbox.refused(1);
    outbox.rewind();
    assert.deepEqual(sendAll(), []);
    const committing = outbox.commit();
    outbox.wipe('t');
    await committing;
    assert.deepEqual(sendAll().length, 0, 'numbered while the commit was under way');
    await outbox.commit();
    assert.deepEqual(
      sendAll().map(([sequence]) => sequence),
      [1n],
    );
  });

  it('forgets one space or all', async () => {
    const outbox = await opened(new CrashingLog());
    for (const [item, space] of [
      ['a', 's'],
      ['b', 't'],
      ['c', 's'],
    ] as const)
      outbox.add(batch(item, space));
    outbox.welcome(4);
    outbox.wipe('s');
    await outbox.commit();
    assert.deepEqual(given(outbox.next()), [5n, 'b']);
    outbox.wipe();
    assert.equal(outbox.size, 0);
  });

  it('catches up with its log after the disk was full', async () => {
    const log = new CrashingLog();
    const outbox = await opened(log);
    outbox.add(batch('a'));
    log.failing = true;
    await assert.rejects(outbox.commit(), /full/);
    outbox.add(batch('b'));
    outbox.welcome(0);
    assert.equal(outbox.next(), undefined);
    await assert.rejects(outbox.commit(), /full/);
    log.failing = false;
    await outbox.commit();
    assert.deepEqual(given(outbox.next()), [1n, 'a']);
    const again = await opened(log);
    assert.equal(again.size, 2);
  });

  it('keeps its log small', async () => {
    const log = new CrashingLog();
    const outbox = await opened(log);
    outbox.welcome(0);
    for (let count = 1; count <= 2_000; count++) {
      outbox.add(batch('x'.repeat(400)));
      await outbox.commit();
      outbox.next();
      outbox.acked(count);
    }
    assert.ok(log.size < 512 * 1024, `${log.size} bytes`);
  });

  it('applies each activity once and in order, through any crashes, losses and refusals', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const world = new World();
        await world.begin();
        for (const one of steps) await world.take(one);
        await world.finish();
        assert.deepEqual(world.applied, world.expected());
      }),
      { numRuns: 3_000, examples: [[REFUSED_AND_CRASHED]] },
    ));
});
