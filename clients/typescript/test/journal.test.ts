import assert from 'node:assert/strict';
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { Journal } from '../src/journal.js';
import { inFolder } from './support/folder.js';

const record = (text: string): Uint8Array => new TextEncoder().encode(text);
const texts = (records: readonly Uint8Array[]): string[] =>
  records.map((bytes) => new TextDecoder().decode(bytes));

describe('Journal', () => {
  it('gives back what was appended, in order, after any number of runs', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'j');
      await run(path, async (journal) => journal.append([record('a'), record('b')]));
      await run(path, async (journal) => journal.append([record('c')]));
      assert.deepEqual(await contentOf(path), ['a', 'b', 'c']);
    }));

  it('is a prefix of its history after a crash at any byte, and grows on from there', () =>
    inFolder(async (folder) => {
      const history = ['first', 'second, which is longer', 'x', 'the last'];
      const whole = join(folder, 'whole');
      await run(whole, async (journal) => {
        for (const text of history) await journal.append([record(text)]);
      });
      const bytes = await readFile(whole);
      const path = join(folder, 'j');
      let most = 0;
      for (let length = 0; length <= bytes.length; length++) {
        await writeFile(path, bytes.subarray(0, length));
        const kept = await contentOf(path);
        assert.deepEqual(kept, history.slice(0, kept.length), `after ${length} bytes`);
        assert.ok(kept.length >= most, 'more bytes never mean fewer records');
        most = kept.length;
        await run(path, async (journal) => journal.append([record('next')]));
        assert.deepEqual(await contentOf(path), [...kept, 'next'], `after ${length} bytes`);
      }
      assert.equal(most, history.length);
    }));

  it('ends before the first record that was damaged', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'j');
      const history = ['one', 'two', 'three'];
      await run(path, async (journal) => journal.append(history.map(record)));
      const bytes = await readFile(path);
      for (let bit = 4 * 8; bit < bytes.length * 8; bit++) {
        const damaged = Buffer.from(bytes);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        await writeFile(path, damaged);
        const kept = await contentOf(path);
        assert.ok(kept.length < history.length, `bit ${bit} went unnoticed`);
        assert.deepEqual(kept, history.slice(0, kept.length));
      }
    }));

  it('takes zeros that a file system left at the end for what they are', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'j');
      await run(path, async (journal) => journal.append([record('a')]));
      await appendFile(path, new Uint8Array(4096));
      assert.deepEqual(await contentOf(path), ['a']);
    }));

  it('replaces all records at once', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'j');
      await run(path, async (journal) => {
        await journal.append([record('a'), record('b')]);
        await journal.replace([record('ab')]);
        await journal.append([record('c')]);
      });
      assert.deepEqual(await contentOf(path), ['ab', 'c']);
    }));

  it('is as it was when a replacement was cut short', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'j');
      await run(path, async (journal) => journal.append([record('a')]));
      await writeFile(`${path}.new`, 'FSJ1 half of a replacem');
      assert.deepEqual(await contentOf(path), ['a']);
    }));

  it('goes on after a write that failed', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'missing', 'j');
      const journal = new Journal(path, false);
      await assert.rejects(journal.append([record('a')]), /ENOENT/);
      assert.equal(journal.size, 0);
    }));

  it('does not touch a file that is none of its own', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'j');
      await writeFile(path, 'somebody else wrote this');
      await assert.rejects(new Journal(path, false).load(), /BUFFER_BROKEN/);
      assert.equal(await readFile(path, 'utf8'), 'somebody else wrote this');
    }));

  it('refuses records that it could not tell from damage', async () => {
    await inFolder(async (folder) => {
      const journal = new Journal(join(folder, 'j'), false);
      await assert.rejects(journal.append([new Uint8Array(0)]), /0 bytes/);
      await journal.close();
    });
  });

  it('keeps any records, with or without sync, over any splits into runs', () =>
    inFolder(async (folder) => {
      let file = 0;
      const runs = fc.array(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 4 }), {
        maxLength: 4,
      });
      await fc.assert(
        fc.asyncProperty(runs, fc.boolean(), fc.nat(60), async (history, sync, cut) => {
          const path = join(folder, `${file++}`);
          for (const records of history) await run(path, async (journal) => journal.append(records), sync);
          const written = history.flat().map((bytes) => [...bytes]);
          const read = async () => (await loaded(path)).map((bytes) => [...bytes]);
          assert.deepEqual(await read(), written);
          if (history.length === 0) return;
          const { length } = await readFile(path);
          await truncate(path, Math.max(0, length - cut));
          const kept = await read();
          assert.deepEqual(kept, written.slice(0, kept.length));
        }),
        { numRuns: 60 },
      );
    }));
});

async function run(path: string, work: (journal: Journal) => Promise<void>, sync = false): Promise<void> {
  const journal = new Journal(path, sync);
  await journal.load();
  await work(journal);
  await journal.close();
}

async function loaded(path: string): Promise<readonly Uint8Array[]> {
  return new Journal(path, false).load();
}

async function contentOf(path: string): Promise<string[]> {
  return texts(await loaded(path));
}
