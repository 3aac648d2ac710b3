import assert from 'node:assert/strict';
import { cp, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { DeviceBuffer } from '../src/buffer.js';
import { ContentFiles } from '../src/content-files.js';
import type { Holding } from '../src/holdings.js';
import { DeviceFolder } from '../src/device-folder.js';
import { loadHashing } from '../src/sha256.js';
import { DiskStorage } from '../src/storage-disk.js';
import { bytesOf, checkpointFor } from './support/checkpoints.js';
import { inFolder } from './support/folder.js';

describe('DeviceBuffer after a crash', function () {
  this.timeout(60_000); // hundreds of folders, on a machine that may be busy

  it('is as it was after some commit or between two, at whatever byte it happened', () =>
    inFolder(async (scratch) => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(command, { maxLength: 6 }), { minLength: 1, maxLength: 5 }),
          async (commits) => {
            const folder = join(scratch, `${run++}`);
            const states = await lived(folder, commits);
            const { length } = await readFile(join(folder, 'buffer.journal')).catch(() => ({ length: 0 }));
            for (const cut of new Set([0, 1, length >> 2, length >> 1, length - 9, length - 1, length])) {
              if (cut < 0 || length === 0) continue;
              await crashedAt(folder, `${folder}-${cut}`, cut, states);
            }
          },
        ),
        { numRuns: 40 },
      );
    }));

  it('has lost nothing that was committed, when it happened after', () =>
    inFolder(async (scratch) => {
      const folder = join(scratch, 'device');
      const states = await lived(folder, [
        [{ verb: 'put', item: 'a', text: 'aa' }],
        [{ verb: 'put', item: 'b', text: 'b' }],
      ]);
      const buffer = await opened(folder);
      assert.deepEqual([...buffer.list()], states.at(-1));
      await buffer.close();
    }));
});

interface Command {
  readonly verb: 'put' | 'drop' | 'stale' | 'touch';
  readonly item: string;
  readonly text: string;
}

const command: fc.Arbitrary<Command> = fc.record({
  verb: fc.constantFrom('put', 'put', 'put', 'drop', 'stale', 'touch'),
  item: fc.constantFrom('a', 'b', 'c', 'd'),
  text: fc.constantFrom('one', 'two', 'three', 'a fourth, longer one'),
});

/** Runs the commands; answers what was held after each step of each of them: a put, and what had to go for it, one by one. */
async function lived(folder: string, commits: readonly (readonly Command[])[]): Promise<Holding[][]> {
  const buffer = await opened(folder);
  const states: Holding[][] = [[]];
  for (const commands of commits) {
    for (const { verb, item, text } of commands) {
      if (verb === 'put') states.push(...stepsOfPut(buffer, item, text));
      if (verb === 'drop') buffer.drop('s', item);
      if (verb === 'stale') buffer.markStale('s', item);
      if (verb === 'touch') buffer.touch('s', item);
      states.push([...buffer.list()]);
    }
    await buffer.commit();
  }
  await buffer.close();
  return states;
}

function stepsOfPut(buffer: DeviceBuffer, item: string, text: string): Holding[][] {
  const others = [...buffer.list()].filter(({ checkpoint }) => checkpoint.item !== item);
  buffer.takeDropped();
  buffer.put(checkpointFor(item, bytesOf(text)), bytesOf(text));
  const put = [...buffer.list()].slice(-1);
  return buffer.takeDropped().map((_, gone) => [...others.slice(gone), ...put]);
}

async function crashedAt(from: string, to: string, cut: number, states: readonly Holding[][]): Promise<void> {
  await cp(from, to, { recursive: true });
  await truncate(join(to, 'buffer.journal'), cut);
  const files = await new ContentFiles(join(to, 'content'), false).list();
  const buffer = await opened(to);
  const found = [...buffer.list()];
  // Contents that were removed later are gone: what is left is an earlier state without them, and each content is whole.
  const possible = states.map((state) => state.filter(({ checkpoint }) => files.has(checkpoint.dataHash)));
  assert.ok(
    possible.some((state) => isDeepStrictEqual(state, found)),
    `${JSON.stringify(found)} never was`,
  );
  for (const holding of found) assert.notEqual(await buffer.read(holding), undefined);
  await buffer.close();
}

async function opened(folder: string): Promise<DeviceBuffer> {
  const storage = new DiskStorage(new DeviceFolder(folder), false);
  // Evicts: 40 bytes are less than the longest contents together.
  return DeviceBuffer.open(storage, { hashing: await loadHashing(), capacity: 40, now: () => 7 });
}
