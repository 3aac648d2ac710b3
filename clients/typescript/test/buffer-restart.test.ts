import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Edge } from '../src/checkpoint.js';
import { bytesOf, checkpointFor, textOf } from './support/checkpoints.js';
import { inFolder } from './support/folder.js';
import { onDisk, put, contentOf, itemsOf, contentFiles } from './support/buffers.js';

const part = (item: string): Edge => ({ item, kind: 'part' });

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
