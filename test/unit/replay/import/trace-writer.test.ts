import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EventTable } from '../../../../src/replay/import/event-table.js';
import { isId } from '../../../../src/replay/import/import-result.js';
import { plainNames, pseudonyms } from '../../../../src/replay/import/pseudonyms.js';
import { assertWritable, writeTrace } from '../../../../src/replay/import/trace-writer.js';
import { readRows } from '../../../../src/replay/trace-rows.js';
import { readRelations, readSizes } from '../../../../src/replay/trace-tables.js';
import { scratchFolder } from '../../../support/scratch.js';

const meta = { name: 'x', licence: 'y', train: false, writes: [], creates: [], outside: [] };
const hostile = ['a,b', 'say "hi"', 'two\nlines', 'tab\tand\rreturn', '🍕/é', ' space '];

function table(device: string | null): EventTable {
  const events = new EventTable();
  for (const [at, item] of hostile.entries())
    events.add({ user: 'u', item, type: 't', timeS: 10 - at / 4, device });
  return events;
}

describe('replay/import/trace-writer', () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  beforeEach(async () => (scratch = await scratchFolder()));
  afterEach(() => scratch.remove());

  for (const device of [null, 'd']) {
    it(`writes what reads back, ${device === null ? 'without' : 'with'} devices`, async () => {
      const out = join(scratch.path, 'deep', 'out');
      const relations = hostile.slice(1).map((item) => ['a,b', item] as const);
      await writeTrace(out, { meta, events: table(device), relations, sizes: new Map([['a,b', 7]]) });
      const rows = [];
      for await (const row of readRows(out)) rows.push(row);
      assert.deepEqual(
        rows.map((row) => row.item),
        [...hostile].reverse(),
      );
      assert.ok(rows.every((row) => row.device === device));
      assert.deepEqual([...(await readRelations(out)).values()], [hostile.slice(1)]);
      assert.deepEqual([...(await readSizes(out))], [['a,b', 7]]);
      const text = JSON.parse(await readFile(join(out, 'meta.json'), 'utf8')) as {
        events: number;
        users: number;
      };
      assert.deepEqual([text.events, text.users], [6, 1]);
    });
  }

  it('writes the same bytes for the same trace', async () => {
    const bytes = async (name: string): Promise<Buffer> => {
      await writeTrace(join(scratch.path, name), {
        meta,
        events: table(null),
        relations: [],
        sizes: new Map(),
      });
      return readFile(join(scratch.path, name, 'events.csv.gz'));
    };
    assert.deepEqual(await bytes('a'), await bytes('b'));
  });

  it('replaces a trace only if told to, and then wholly', async () => {
    await assertWritable(join(scratch.path, 'not-there-yet'), false);
    await writeTrace(scratch.path, { meta, events: table(null), relations: [['a', 'b']], sizes: new Map() });
    await assert.rejects(assertWritable(scratch.path, false), { code: 'FIELD_INVALID', message: /--force/ });
    await assertWritable(scratch.path, true);
    await writeFile(join(scratch.path, 'events.csv'), 'old');
    await writeTrace(scratch.path, { meta, events: table(null), relations: [], sizes: new Map() });
    assert.equal((await readRelations(scratch.path)).size, 0);
    assert.match(
      gunzipSync(await readFile(join(scratch.path, 'events.csv.gz'))).toString(),
      /^user,item,type,time_s\n/,
    );
    await assert.rejects(readFile(join(scratch.path, 'events.csv')), { code: 'ENOENT' });
  });

  it('refuses more events than a trace may have', () => {
    const events = new EventTable();
    const event = { user: 'u', item: 'i', type: 't', timeS: 1, device: null };
    for (let count = 0; count < 4_000_000; count++) events.add(event);
    assert.throws(() => events.add(event), { code: 'TRACE_INVALID', message: /more than 4000000 events/ });
  });
});

describe('replay/import/pseudonyms', () => {
  it('are the same for the same person under one key only', () => {
    const [first, second] = [pseudonyms(), pseudonyms()];
    assert.match(first('Ada'), /^u[0-9a-f]{12}$/);
    assert.equal(first('Ada'), first('Ada'));
    assert.notEqual(first('Ada'), first('Bob'));
    assert.notEqual(first('Ada'), second('Ada'));
    assert.equal(pseudonyms(Buffer.from('k'))('Ada'), pseudonyms(Buffer.from('k'))('Ada'));
    assert.equal(plainNames('Ada'), 'Ada');
  });

  it('ids are 1 to 512 bytes', () => {
    assert.deepEqual(
      [isId(''), isId('é'.repeat(256)), isId('é'.repeat(257)), isId('x'.repeat(513))],
      [false, true, false, false],
    );
  });
});
