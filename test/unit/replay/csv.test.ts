import assert from 'node:assert/strict';
import fc from 'fast-check';
import { csvLine, readCsv } from '../../../src/replay/csv.js';
import { MAX_LINE } from '../../../src/replay/text-lines.js';
import type { TextLine } from '../../../src/replay/text-lines.js';

async function parsed(text: string, separator = ','): Promise<{ line: number; fields: readonly string[] }[]> {
  const records = [];
  for await (const record of readCsv(linesOf(text), 'x.csv', separator)) records.push(record);
  return records;
}

async function* linesOf(text: string): AsyncGenerator<TextLine> {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [at, line] of lines.entries()) yield await Promise.resolve({ line: at + 1, text: line });
}

const rejects = (text: string, message: RegExp): Promise<void> =>
  assert.rejects(parsed(text), { code: 'TRACE_INVALID', message });

describe('replay/csv', () => {
  it('reads plain records, skips empty lines and takes both line ends', async () => {
    assert.deepEqual(await parsed('a,b\r\n\n1,2\n,\n'), [
      { line: 1, fields: ['a', 'b'] },
      { line: 3, fields: ['1', '2'] },
      { line: 4, fields: ['', ''] },
    ]);
  });

  it('reads quotes, separators and line breaks inside quotes, and says where a record starts', async () => {
    assert.deepEqual(await parsed('"a,b","say ""hi""","two\nlines"\n"",x,""\n'), [
      { line: 1, fields: ['a,b', 'say "hi"', 'two\nlines'] },
      { line: 3, fields: ['', 'x', ''] },
    ]);
  });

  it('takes another separator', async () => {
    assert.deepEqual(await parsed('a;"b;c"\n', ';'), [{ line: 1, fields: ['a', 'b;c'] }]);
  });

  it('refuses a quote in a wrong place, with file and line', async () => {
    await rejects('a,b\nx,y"z"\n', /x\.csv:2: field y"z"/);
    await rejects('"a"b,c\n', /x\.csv:1: field "a"b/);
    await rejects('a""b,c\n', /x\.csv:1/);
  });

  it('refuses a quote that is never closed, without reading on for ever', async () => {
    await rejects('a,b\n"x,y\n', /x\.csv:2: a quote is opened here and never closed/);
    await rejects(`"${'x\n'.repeat(MAX_LINE)}`, /x\.csv:1: a quote is opened here/);
  });

  it('reads back whatever it wrote', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', '🍕') });
    const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(rows, async (written) => {
        const text = written.map((fields) => csvLine(fields)).join('');
        const read = (await parsed(text)).map(({ fields }) => [...fields]);
        assert.deepEqual(read, written);
      }),
    );
  });
});
