import assert from 'node:assert/strict';
import type { DiaryEntry } from '../src/rank/diary.js';
import { Diary } from '../src/rank/diary.js';
import { CrashingLog } from './support/crashing-log.js';
import { batch } from './support/outbox-world.js';

const LIMITS = { entries: 8, bytes: 1200 };

describe('the diary of a device', () => {
  it('is what it was, what was done and what was written', async () => {
    const log = new CrashingLog();
    const first = await Diary.open(log);
    first.add(done('a'));
    first.add({ kind: 'wrote', held: { space: 's', item: 'b', dataHash: new Uint8Array(32).fill(7) } });
    await first.commit();
    first.add(done('c'));
    const under = first.commit();
    first.add(done('d'));
    await under;
    assert.equal(log.records.length, 3);
    await first.commit();
    const second = await Diary.open(log);
    assert.deepEqual(second.entries, first.entries);
    assert.equal(second.entries.length, 4);
  });

  it('lets the older ones go, and whoever read it begin anew, when there is too much', async () => {
    const log = new CrashingLog();
    const diary = await Diary.open(log, LIMITS);
    for (let n = 1; n <= 8; n++) diary.add(done(`item ${n}`));
    const { edition } = diary;
    await diary.commit();
    diary.add(done('item 9'));
    assert.notEqual(diary.edition, edition);
    assert.deepEqual(itemsOf(diary), ['item 6', 'item 7', 'item 8', 'item 9']);
    await diary.commit();
    assert.deepEqual(itemsOf(await Diary.open(log, LIMITS)), itemsOf(diary));
    diary.add(done('x'.repeat(570)));
    diary.add(done('y'.repeat(570)));
    assert.deepEqual(
      itemsOf(diary).map((item) => item[0]),
      ['y'],
    );
  });

  it('wipes one space, or all', async () => {
    const log = new CrashingLog();
    const diary = await Diary.open(log);
    for (const space of ['s', 't', 's']) diary.add({ kind: 'done', batch: { ...batch('a'), space } });
    await diary.commit();
    diary.wipe('s');
    await diary.commit();
    assert.equal((await Diary.open(log)).entries.length, 1);
    diary.add(done('b'));
    diary.wipe();
    await diary.commit();
    assert.deepEqual([diary.entries.length, log.records.length], [0, 0]);
  });

  it('makes up for what a full disk refused', async () => {
    const log = new CrashingLog();
    const diary = await Diary.open(log);
    log.failing = true;
    diary.add(done('a'));
    await assert.rejects(diary.commit(), /full/);
    diary.add(done('b'));
    log.failing = false;
    await diary.commit();
    assert.deepEqual(itemsOf(await Diary.open(log)), ['a', 'b']);
    log.failing = true;
    diary.wipe();
    await assert.rejects(diary.commit(), /full/);
    log.failing = false;
    await diary.commit();
    assert.deepEqual(log.records, []);
  });

  it('says what it cannot read', async () => {
    for (const bytes of [[9, 1], [], [0, 255, 255, 255]]) {
      const log = new CrashingLog();
      log.records = [Uint8Array.from(bytes)];
      await assert.rejects(Diary.open(log), { code: 'BUFFER_BROKEN' }, String(bytes));
    }
  });
});

const done = (item: string): DiaryEntry => ({ kind: 'done', batch: batch(item) });

const itemsOf = ({ entries }: Diary): string[] =>
  entries.flatMap((entry) => (entry.kind === 'done' ? entry.batch.activities.map(({ item }) => item) : []));
