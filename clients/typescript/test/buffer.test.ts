import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addTerm, digestBytes, manifestTerm } from '@foresync/protocol/digest';
import { DeviceBuffer } from '../src/buffer.js';
import type { Edge } from '../src/checkpoint.js';
import { DeviceFolder } from '../src/device-folder.js';
import { fromHex } from '../src/hex.js';
import { loadHashing } from '../src/sha256.js';
import { DiskStorage } from '../src/storage-disk.js';
import { MemoryStorage } from '../src/storage-memory.js';
import { bytesOf, checkpointFor, textOf } from './support/checkpoints.js';
import { inFolder } from './support/folder.js';

const part = (item: string): Edge => ({ item, kind: 'part' });

const kinds = {
  memory: () => new MemoryStorage(),
  disk: (folder: string) => new DiskStorage(new DeviceFolder(join(folder, 'device')), false),
};

for (const [kind, storageIn] of Object.entries(kinds)) {
  describe(`DeviceBuffer in ${kind}`, () => {
    const withBuffer = (capacity: number, test: (buffer: DeviceBuffer) => Promise<void> | void) =>
      inFolder(async (folder) => {
        const buffer = await opened(storageIn(folder), capacity);
        await test(buffer);
        await buffer.commit();
        await buffer.close();
      });

    it('holds what it was given, until another content replaces it', () =>
      withBuffer(100, async (buffer) => {
        assert.equal(put(buffer, 'a', 'first'), true);
        assert.equal(await contentOf(buffer, 'a'), 'first');
        put(buffer, 'a', 'second');
        assert.equal(await contentOf(buffer, 'a'), 'second');
        await buffer.commit();
        assert.equal(await contentOf(buffer, 'a'), 'second');
        assert.deepEqual(buffer.totals, { items: 1, bytes: 6, capacity: 100 });
        assert.deepEqual(buffer.takeDropped(), []);
      }));

    it('evicts the least recently used by bytes, and tells', () =>
      withBuffer(10, async (buffer) => {
        put(buffer, 'a', 'aaaa');
        put(buffer, 'b', 'bbbb');
        buffer.touch('s', 'a');
        put(buffer, 'c', 'cccc');
        assert.deepEqual(itemsOf(buffer), ['a', 'c']);
        assert.deepEqual(
          buffer.takeDropped().map(({ item }) => item),
          ['b'],
        );
        assert.deepEqual(buffer.takeDropped(), []);
        assert.equal(await contentOf(buffer, 'b'), undefined);
      }));

    it('does not keep what is larger than all it may hold, nor what that replaces', () =>
      withBuffer(5, (buffer) => {
        put(buffer, 'a', 'aaa');
        assert.equal(put(buffer, 'a', 'far too large'), false);
        assert.deepEqual(itemsOf(buffer), []);
        assert.deepEqual(
          buffer.takeDropped().map(({ sizeBytes }) => sizeBytes),
          [3, 13],
        );
      }));

    it('keeps a content for as long as one of its items is held', () =>
      withBuffer(100, async (buffer) => {
        put(buffer, 'a', 'same');
        put(buffer, 'b', 'same');
        buffer.drop('s', 'a');
        await buffer.commit();
        assert.equal(await contentOf(buffer, 'b'), 'same');
        put(buffer, 'b', 'same');
        await buffer.commit();
        assert.equal(await contentOf(buffer, 'b'), 'same');
        put(buffer, 'c', 'same', { space: 't' });
        buffer.drop('s', 'b');
        await buffer.commit();
        assert.equal(buffer.get('s', 'c'), undefined, 'held in another space only');
      }));

    it('evicts an item before its parts, even when they are older', () =>
      withBuffer(12, (buffer) => {
        put(buffer, 'image', 'iiii');
        put(buffer, 'other', 'oooo');
        put(buffer, 'doc', 'dddd', { edges: [part('image')] });
        assert.deepEqual(itemsOf(buffer), ['other', 'doc', 'image']);
        put(buffer, 'new', 'nnnnnnnn');
        assert.deepEqual(itemsOf(buffer), ['image', 'new']);
        put(buffer, 'doc', 'dddd', { edges: [part('image'), part('doc')] });
        assert.deepEqual(itemsOf(buffer), ['doc', 'image']);
      }));

    it('follows parts of parts, and circles of them', () =>
      withBuffer(100, (buffer) => {
        put(buffer, 'c', 'c', { edges: [part('a')] });
        put(buffer, 'b', 'b', { edges: [part('c')] });
        put(buffer, 'x', 'x');
        put(buffer, 'a', 'a', { edges: [part('b'), { item: 'x', kind: 'link' }] });
        assert.deepEqual(itemsOf(buffer), ['x', 'a', 'b', 'c']);
        put(buffer, 'y', 'y');
        buffer.touch('s', 'a');
        assert.deepEqual(itemsOf(buffer), ['x', 'y', 'a', 'b', 'c']);
      }));

    it('knows what is old until it is current again', () =>
      withBuffer(100, (buffer) => {
        put(buffer, 'a', 'first', { version: 3 });
        assert.equal(buffer.get('s', 'a')?.stale, false);
        buffer.markStale('s', 'a');
        buffer.markStale('s', 'unknown');
        assert.equal(buffer.get('s', 'a')?.stale, true);
        const other = checkpointFor('a', bytesOf('another'), { version: 5 });
        assert.equal(buffer.confirm(other), false);
        assert.equal(buffer.get('s', 'a')?.stale, true);
        assert.equal(buffer.confirm(checkpointFor('a', bytesOf('first'), { version: 4 })), true);
        assert.deepEqual([buffer.get('s', 'a')?.stale, buffer.get('s', 'a')?.checkpoint.version], [false, 4]);
        buffer.renew('s');
        assert.equal(buffer.get('s', 'a')?.checkpoint.version, 0);
      }));

    it('keeps spaces apart', () =>
      withBuffer(100, async (buffer) => {
        put(buffer, 'b/c', 'of a', { space: 'a' });
        put(buffer, 'c', 'of a/b', { space: 'a/b' });
        assert.equal(buffer.get('a/b', 'b/c'), undefined);
        assert.equal(buffer.get('a', 'c'), undefined);
        buffer.wipe('a');
        assert.deepEqual(itemsOf(buffer), ['c']);
        await buffer.commit();
        buffer.wipe();
        assert.deepEqual(itemsOf(buffer), []);
        assert.deepEqual(buffer.digest('a'), { digest: new Uint8Array(32), count: 0 });
      }));

    it('keeps the digest of each manifest', () =>
      withBuffer(30, (buffer) => {
        for (const [item, content] of [
          ['a', '1'],
          ['b', '2'],
          ['a', '3'],
          ['c', '4'.repeat(29)],
        ] as const) {
          put(buffer, item, content);
          put(buffer, item, content, { space: 't' });
          for (const space of ['s', 't', 'none'])
            assert.deepEqual(buffer.digest(space), recounted(buffer, space));
        }
      }));
  });
}

describe('DeviceBuffer on disk, over restarts', () => {
  it('is what it was, with its order, its marks, its token and its key', () =>
    inFolder(async (folder) => {
      const first = await onDisk(folder);
      put(first, 'a', 'aa', { edges: [part('b')] });
      put(first, 'b', 'bb');
      put(first, 'c', 'cc');
      first.touch('s', 'b');
      first.markStale('s', 'c');
      first.saveResumeToken(bytesOf('token'));
      first.saveQueryKey(bytesOf('key'));
      await first.commit();
      const before = [...first.list()];
      await first.close();
      const second = await onDisk(folder);
      assert.deepEqual([...second.list()], before);
      assert.equal(textOf(second.resumeToken), 'token');
      assert.equal(textOf(second.queryKey), 'key');
      assert.equal(await contentOf(second, 'a'), 'aa');
      await second.close();
    }));

  it('forgets what was not committed', () =>
    inFolder(async (folder) => {
      const first = await onDisk(folder);
      put(first, 'a', 'aa');
      await first.commit();
      put(first, 'b', 'bb');
      await first.close();
      const second = await onDisk(folder);
      assert.deepEqual(itemsOf(second), ['a']);
      await second.close();
    }));

  it('touches nothing before there is something to keep', () =>
    inFolder(async (folder) => {
      const buffer = await onDisk(folder);
      await buffer.commit();
      await buffer.close();
      assert.deepEqual(await readdir(folder), []);
    }));

  it('drops what was damaged or lost where it lay, and never gives it out', () =>
    inFolder(async (folder) => {
      const first = await onDisk(folder);
      for (const item of ['a', 'b', 'c']) put(first, item, `content of ${item}`);
      await first.commit();
      await first.close();
      const fileOf = (item: string) =>
        join(folder, 'device', 'content', checkpointFor(item, bytesOf(`content of ${item}`)).dataHash);
      await writeFile(fileOf('a'), 'content of A');
      await rm(fileOf('b'));
      const second = await onDisk(folder);
      assert.deepEqual(itemsOf(second), ['a', 'c']);
      assert.equal(await contentOf(second, 'a'), undefined);
      assert.deepEqual(itemsOf(second), ['c']);
      assert.deepEqual(
        second.takeDropped().map(({ item }) => item),
        ['a'],
      );
      assert.equal(await contentOf(second, 'c'), 'content of c');
      await second.close();
    }));

  it('shrinks to a smaller capacity and removes the files of what went', () =>
    inFolder(async (folder) => {
      const first = await onDisk(folder);
      for (const item of ['a', 'b', 'c']) put(first, item, item.repeat(4));
      await first.commit();
      await first.close();
      const second = await onDisk(folder, 8);
      assert.deepEqual(itemsOf(second), ['b', 'c']);
      await second.commit();
      await second.close();
      assert.equal((await contentFiles(folder)).length, 2);
      const third = await onDisk(folder);
      assert.deepEqual(itemsOf(third), ['b', 'c']);
      await third.close();
    }));

  it('removes files that nothing refers to', () =>
    inFolder(async (folder) => {
      const first = await onDisk(folder);
      put(first, 'a', 'aa');
      await first.commit();
      await first.close();
      await writeFile(join(folder, 'device', 'content', 'f'.repeat(64)), 'half of some');
      const second = await onDisk(folder);
      await second.commit();
      await second.close();
      assert.deepEqual(await contentFiles(folder), [checkpointFor('a', bytesOf('aa')).dataHash]);
    }));

  it('makes no path of an id, whatever is in it', () =>
    inFolder(async (folder) => {
      const buffer = await onDisk(folder);
      const hostile = [
        '../../escaped',
        '/etc/passwd',
        'a\0b',
        'CON',
        '..',
        '.',
        'x'.repeat(512),
        '{}',
        '__proto__',
      ];
      for (const item of hostile) put(buffer, item, `content of ${item}`, { space: item });
      await buffer.commit();
      for (const item of hostile) assert.equal(await contentOf(buffer, item, item), `content of ${item}`);
      assert.deepEqual(await readdir(folder), ['device']);
      assert.deepEqual((await readdir(join(folder, 'device'))).sort(), ['buffer.journal', 'content', 'lock']);
      assert.ok((await contentFiles(folder)).every((name) => /^[0-9a-f]{64}$/.test(name)));
      await buffer.close();
    }));

  it('compacts its journal and loses nothing by it', () =>
    inFolder(async (folder) => {
      const first = await onDisk(folder);
      for (let round = 0; round < 12; round++) {
        for (let item = 0; item < 60; item++)
          put(first, `${'long '.repeat(90)}${item}`, `round ${round} of ${item}`);
        await first.commit();
      }
      const { length } = await readFile(join(folder, 'device', 'buffer.journal'));
      assert.ok(length < 512 * 1024, `${length} bytes`);
      const before = [...first.list()];
      assert.equal(before.length, 60);
      await first.close();
      const second = await onDisk(folder);
      assert.deepEqual([...second.list()], before);
      assert.equal((await contentFiles(folder)).length, 60);
      await second.close();
    }));

  it('says when it cannot be made durable, and makes up for it when it can', () =>
    inFolder(async (folder) => {
      const buffer = await onDisk(folder);
      const obstacle = join(folder, 'device');
      await writeFile(obstacle, 'a file where the folder should be');
      put(buffer, 'a', 'aa');
      await assert.rejects(buffer.commit(), /EEXIST|ENOTDIR/);
      put(buffer, 'b', 'bb');
      await assert.rejects(buffer.commit(), /EEXIST|ENOTDIR/);
      assert.equal(await contentOf(buffer, 'a'), 'aa');
      await rm(obstacle);
      put(buffer, 'c', 'cc');
      await buffer.commit();
      await buffer.close();
      const again = await onDisk(folder);
      assert.deepEqual(itemsOf(again), ['a', 'b', 'c']);
      await again.close();
    }));

  it('never lets the index name a content that is not there yet', () =>
    inFolder(async (folder) => {
      const buffer = await onDisk(folder);
      const obstacle = join(folder, 'device', 'content');
      await mkdir(join(folder, 'device'));
      await writeFile(obstacle, 'a file where contents should be');
      put(buffer, 'a', 'aa');
      await assert.rejects(buffer.commit(), /EEXIST|ENOTDIR/);
      assert.deepEqual((await readdir(join(folder, 'device'))).sort(), ['content', 'lock']);
      await rm(obstacle);
      await buffer.commit();
      await buffer.close();
      const again = await onDisk(folder);
      assert.equal(await contentOf(again, 'a'), 'aa');
      await again.close();
    }));

  it('is for one client at a time', () =>
    inFolder(async (folder) => {
      const first = await onDisk(folder);
      put(first, 'a', 'aa');
      await first.commit();
      await assert.rejects(onDisk(folder), /BUFFER_IN_USE/);
      await first.close();
      const lock = join(folder, 'device', 'lock');
      await writeFile(lock, `${process.ppid} another start`);
      if (process.platform === 'linux') await (await onDisk(folder)).close();
      await writeFile(lock, '999999999 ');
      await (await onDisk(folder)).close();
      await writeFile(lock, 'rubbish');
      await (await onDisk(folder)).close();
    }));
});

async function opened(
  storage: MemoryStorage | DiskStorage,
  capacity = 1_000_000,
  now = Date.now,
): Promise<DeviceBuffer> {
  return DeviceBuffer.open(storage, { hashing: await loadHashing(), capacity, now });
}

function onDisk(folder: string, capacity?: number): Promise<DeviceBuffer> {
  return opened(new DiskStorage(new DeviceFolder(join(folder, 'device')), false), capacity, () => 42);
}

function put(
  buffer: DeviceBuffer,
  item: string,
  content: string,
  more?: Parameters<typeof checkpointFor>[2],
): boolean {
  return buffer.put(checkpointFor(item, bytesOf(content), more), bytesOf(content));
}

async function contentOf(buffer: DeviceBuffer, item: string, space = 's'): Promise<string | undefined> {
  const holding = buffer.get(space, item);
  return holding === undefined ? undefined : textOf(await buffer.read(holding));
}

function itemsOf(buffer: DeviceBuffer): string[] {
  return [...buffer.list()].map(({ checkpoint }) => checkpoint.item);
}

function contentFiles(folder: string): Promise<string[]> {
  return readdir(join(folder, 'device', 'content'));
}

function recounted(buffer: DeviceBuffer, space: string): { digest: Uint8Array; count: number } {
  const held = [...buffer.list(space)].map(({ checkpoint }) => checkpoint);
  const sum = held.reduce(
    (digest, { item, dataHash }) => addTerm(digest, manifestTerm(sha256, space, item, fromHex(dataHash))),
    0n,
  );
  return { digest: digestBytes(sum), count: held.length };
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
