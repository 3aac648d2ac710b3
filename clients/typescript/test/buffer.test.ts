import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { DeviceBuffer } from '../src/buffer.js';
import type { Edge } from '../src/checkpoint.js';
import { DeviceFolder } from '../src/device-folder.js';
import { DiskStorage } from '../src/storage-disk.js';
import { MemoryStorage } from '../src/storage-memory.js';
import { bytesOf, checkpointFor } from './support/checkpoints.js';
import { inFolder } from './support/folder.js';
import { opened, put, contentOf, itemsOf, recounted } from './support/buffers.js';

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
