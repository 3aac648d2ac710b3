import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CsvColumns } from '../../../../src/replay/import/csv.js';
import { importCsv } from '../../../../src/replay/import/csv.js';
import { readTime } from '../../../../src/replay/import/csv-time.js';
import type { ImportResult } from '../../../../src/replay/import/import-result.js';
import { plainNames } from '../../../../src/replay/import/pseudonyms.js';
import { scratchFolder } from '../../../support/scratch.js';

const required = { user: 'who', item: 'what', time: 'when', type: null, device: null, size: null };

describe('replay/import/csv', () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  beforeEach(async () => (scratch = await scratchFolder()));
  afterEach(() => scratch.remove());

  async function imported(
    text: string,
    columns: CsvColumns = required,
    separator = ',',
  ): Promise<ImportResult> {
    const file = join(scratch.path, 'shop.csv');
    await writeFile(file, text);
    const told = { name: null, licence: 'x', naming: plainNames, separator, onProgress: () => undefined };
    return importCsv(file, { ...told, columns, writes: ['sold'], creates: ['first'], outside: [] });
  }

  it('maps columns in any order and sorts by time, lines of one time in their order', async () => {
    const { trace } = await imported('what,when,who,x\nb,20,u,\na,10,v,\nc,10,u,\n');
    assert.deepEqual(
      [...trace.events.inOrder()],
      [
        { user: 'v', item: 'a', type: 'view', timeS: 10, device: null },
        { user: 'u', item: 'c', type: 'view', timeS: 10, device: null },
        { user: 'u', item: 'b', type: 'view', timeS: 20, device: null },
      ],
    );
    assert.deepEqual(trace.meta, {
      name: 'shop',
      licence: 'x',
      train: false,
      writes: ['sold'],
      creates: ['first'],
      outside: [],
    });
  });

  it('takes types, devices and sizes where they are named', async () => {
    const columns = { ...required, type: 'how', device: 'on', size: 'bytes' };
    const { trace } = await imported(
      'who;what;when;how;on;bytes\nu;a;1;sold;phone;12\nu;"b;c";2;seen;;\n',
      columns,
      ';',
    );
    assert.deepEqual(
      [...trace.events.inOrder()],
      [
        { user: 'u', item: 'a', type: 'sold', timeS: 1, device: 'phone' },
        { user: 'u', item: 'b;c', type: 'seen', timeS: 2, device: null },
      ],
    );
    assert.deepEqual([...trace.sizes], [['a', 12]]);
    assert.equal(trace.events.hasDevices, true);
  });

  it('names the column that the file lacks', () =>
    assert.rejects(
      imported('who,what,at\n'),
      (error: { code: string; message: string; details: { field: string } }) => {
        assert.equal(error.code, 'FIELD_INVALID');
        assert.equal(error.details.field, 'time');
        assert.match(error.message, /no column "when"; it has who, what, at/);
        return true;
      },
    ));

  it('refuses a line that it cannot read, with file and line', async () => {
    const all = { ...required, type: 'how', size: 'bytes' };
    const lines: [string, CsvColumns, RegExp][] = [
      ['who,what,when\nu,i,yesterday\n', required, /shop\.csv:2: time "yesterday"/],
      ['who,what,when\n,i,1\n', required, /shop\.csv:2: user is empty or longer/],
      [`who,what,when\nu,${'x'.repeat(513)},1\n`, required, /shop\.csv:2: item is empty or longer/],
      ['who,what,when,how,bytes\nu,i,1,,3\n', all, /shop\.csv:2: type is empty/],
      ['who,what,when,how,bytes\nu,i,1,x,3.5\n', all, /shop\.csv:2: size is no count/],
      ['who,what,when\n', required, /shop\.csv:1: has no events/],
    ];
    for (const [text, columns, message] of lines) {
      await assert.rejects(imported(text, columns), { code: 'TRACE_INVALID', message });
    }
  });

  it('reads epoch seconds, epoch milliseconds and ISO 8601', () => {
    const expected: [string, number | null][] = [
      ['1700000000', 1700000000],
      ['1700000000.25', 1700000000.25],
      ['1700000000250', 1700000000.25],
      ['2023-11-14T22:13:20Z', 1700000000],
      ['2023-11-14 22:13:20', 1700000000],
      ['2023-11-14T23:13:20.5+01:00', 1700000000.5],
      ['2023-11-14T17:13:20,5-0500', 1700000000.5],
      [' 2023-11-14T22:13Z ', 1699999980],
      ['2023-11-14', 1699920000],
      ['1969-12-31', null],
      ['2023-13-01', null],
      ['14.11.2023', null],
      ['', null],
      ['-5', null],
    ];
    for (const [text, time] of expected) assert.equal(readTime(text), time, text);
  });
});
