import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { itemId } from '../../../src/domain/ids.js';
import { assertFolder, tableFile } from '../../../src/replay/trace-files.js';
import { readMeta } from '../../../src/replay/trace-meta.js';
import { readRows } from '../../../src/replay/trace-rows.js';
import { readRelations, readSizes } from '../../../src/replay/trace-tables.js';
import type { TraceRow } from '../../../src/replay/trace-types.js';
import { scratchFolder } from '../../support/scratch.js';

describe('replay/trace tables', () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  beforeEach(async () => (scratch = await scratchFolder()));
  afterEach(() => scratch.remove());

  const put = (name: string, content: string | Uint8Array): Promise<void> =>
    writeFile(join(scratch.path, name), content);

  async function rows(events: string): Promise<TraceRow[]> {
    await put('events.csv', events);
    const read: TraceRow[] = [];
    for await (const row of readRows(scratch.path)) read.push(row);
    return read;
  }

  const refuses = (work: Promise<unknown>, message: RegExp, field?: string): Promise<void> =>
    assert.rejects(work, (error: { code: string; message: string; details: { field?: string } }) => {
      assert.equal(error.code, 'TRACE_INVALID');
      assert.match(error.message, message);
      if (field !== undefined) assert.equal(error.details.field, field);
      return true;
    });

  describe('events.csv', () => {
    const header = 'user,item,type,time_s';

    it('reads rows, floats in time_s, and the device column where there is one', async () => {
      assert.deepEqual(await rows(`${header}\nu,"a,b",edit,1.5\nu,c,add,1.5\n`), [
        { user: 'u', item: 'a,b', type: 'edit', timeS: 1.5, device: null },
        { user: 'u', item: 'c', type: 'add', timeS: 1.5, device: null },
      ]);
      assert.deepEqual(await rows(`device,time_s,user,type,item\nlaptop,0,u,t,i\n,2,u,t,i\n`), [
        { user: 'u', item: 'i', type: 't', timeS: 0, device: 'laptop' },
        { user: 'u', item: 'i', type: 't', timeS: 2, device: null },
      ]);
    });

    it('refuses rows that are not in order of time', () =>
      refuses(rows(`${header}\nu,i,t,5\nu,i,t,4.9\n`), /events\.csv:3: time_s 4\.9 is before 5/, 'time_s'));

    for (const time of ['', 'x', '-1', 'NaN', '1e9', '0x10', '100000000001', 'Infinity']) {
      it(`refuses the time "${time}"`, () =>
        refuses(rows(`${header}\nu,i,t,${time}\n`), /events\.csv:2: time_s ".*" is no number/, 'time_s'));
    }

    it('refuses ids that are empty or too long', async () => {
      await refuses(rows(`${header}\n,i,t,1\n`), /:2: user has 0 bytes, 1 to 512/, 'user');
      await refuses(rows(`${header}\nu,${'é'.repeat(257)},t,1\n`), /:2: item has 514 bytes/, 'item');
      assert.equal((await rows(`${header}\nu,${'é'.repeat(256)},t,1\n`)).length, 1);
    });

    it('refuses a header or a line of another shape', async () => {
      await refuses(rows(''), /is empty; expected user,item,type,time_s\[,device\]/);
      await refuses(rows('user,item,time_s\n'), /:1: column type is missing/, 'type');
      await refuses(rows(`${header},devise\n`), /:1: unknown column "devise"/, 'devise');
      await refuses(rows(`${header},user\n`), /:1: column user is there twice/, 'user');
      await refuses(rows(`${header}\nu,i,t\n`), /:2: 3 fields, the header names 4/);
    });

    it('finds the gzipped file, and refuses a folder with both or none', async () => {
      await refuses(rowsOf(scratch.path), /has no events\.csv or events\.csv\.gz/);
      await put('events.csv.gz', gzipSync(`${header}\nu,i,t,1\n`));
      assert.equal(await rowsOf(scratch.path), 1);
      await put('events.csv', `${header}\n`);
      await refuses(rowsOf(scratch.path), /events\.csv: there is also events\.csv\.gz/);
    });
  });

  describe('relations.csv and items.csv', () => {
    it('are optional', async () => {
      assert.equal((await readRelations(scratch.path)).size, 0);
      assert.equal((await readSizes(scratch.path)).size, 0);
    });

    it('keeps each relation once, never to itself, at most 256 a source', async () => {
      const many = Array.from({ length: 300 }, (_, at) => `big,t${at}`).join('\n');
      await put('relations.csv', `src,dst\na,b\na,b\na,a\na,c\n${many}\n`);
      const relations = await readRelations(scratch.path);
      assert.deepEqual(relations.get(itemId('a')), ['b', 'c']);
      assert.equal(relations.get(itemId('big'))?.length, 256);
    });

    it('reads sizes, at least one byte; the last one counts', async () => {
      await put('items.csv', 'item,size_bytes\na,0\nb,99\nb,12\n');
      assert.deepEqual(
        [...(await readSizes(scratch.path))],
        [
          ['a', 1],
          ['b', 12],
        ],
      );
    });

    it('refuses a size that is none', async () => {
      await put('items.csv', 'item,size_bytes\na,-3\n');
      await refuses(readSizes(scratch.path), /items\.csv:2: size_bytes "-3"/, 'size_bytes');
    });
  });

  describe('meta.json', () => {
    it('fills in what may be absent and ignores what it does not know', async () => {
      await put('meta.json', '{"name":"x","events":3,"writes":["*"]}');
      assert.deepEqual(await readMeta(scratch.path), {
        name: 'x',
        licence: 'unknown',
        train: false,
        writes: ['*'],
        creates: [],
        outside: [],
      });
    });

    it('names the field that is wrong', async () => {
      await put('meta.json', '{"name":"x","writes":["a",7]}');
      await refuses(readMeta(scratch.path), /meta\.json: writes\.1: /, 'writes.1');
      await put('meta.json', '[]');
      await refuses(readMeta(scratch.path), /meta\.json: the file: /);
      await put('meta.json', '{');
      await refuses(readMeta(scratch.path), /meta\.json: is no JSON/);
    });

    it('must be there', () =>
      refuses(readMeta(scratch.path), /meta\.json: cannot be read; every trace has one/));
  });

  it('a trace must be a folder', async () => {
    await refuses(assertFolder(join(scratch.path, 'gone')), /gone: there is no such folder/);
    await put('file', '');
    await refuses(assertFolder(join(scratch.path, 'file')), /file: a trace is a folder/);
    assert.equal(await tableFile(scratch.path, 'file'), join(scratch.path, 'file'));
  });
});

async function rowsOf(folder: string): Promise<number> {
  let count = 0;
  for await (const _row of readRows(folder)) count++;
  return count;
}
