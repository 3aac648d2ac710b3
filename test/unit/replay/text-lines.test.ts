import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { MAX_LINE, readLines } from '../../../src/replay/text-lines.js';
import { scratchFolder } from '../../support/scratch.js';

describe('replay/text-lines', () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  beforeEach(async () => (scratch = await scratchFolder()));
  afterEach(() => scratch.remove());

  async function lines(content: string | Uint8Array, encoding?: 'strict' | 'lenient'): Promise<string[]> {
    const file = join(scratch.path, 'file');
    await writeFile(file, content);
    const read: string[] = [];
    for await (const { line, text } of readLines(file, encoding)) {
      assert.equal(line, read.length + 1);
      read.push(text);
    }
    return read;
  }

  it('reads lines with and without a last line feed, and leaves carriage returns', async () => {
    assert.deepEqual(await lines('a\n\nb\r\n'), ['a', '', 'b\r']);
    assert.deepEqual(await lines('a\nb'), ['a', 'b']);
    assert.deepEqual(await lines(''), []);
  });

  it('drops a byte order mark and joins characters that chunks cut', async () => {
    const long = 'ü'.repeat(300_000);
    assert.deepEqual(await lines(`\uFEFF${long}\n${long}`), [long, long]);
  });

  it('recognises gzip by its bytes', async () => {
    assert.deepEqual(await lines(gzipSync('a\nb\n')), ['a', 'b']);
  });

  it('refuses what is no UTF-8 or no whole gzip, naming the file', async () => {
    const invalid = { code: 'TRACE_INVALID', message: /file: cannot be read on from here/ };
    await assert.rejects(lines(Buffer.from([0x61, 0xff, 0x62])), invalid);
    await assert.rejects(lines(gzipSync('abc'.repeat(1000)).subarray(0, 20)), invalid);
  });

  it('reads bytes that are no UTF-8 where it is told to be lenient', async () => {
    assert.deepEqual(await lines(Buffer.from([0x61, 0xff, 0x62]), 'lenient'), ['a\uFFFDb']);
  });

  it('refuses a line that would fill the memory', async () => {
    await assert.rejects(lines(`ok\n${'x'.repeat(2 * MAX_LINE)}`), {
      code: 'TRACE_INVALID',
      message: /file:2: the line is longer than 1048576 characters/,
    });
  });

  it('names the file that is not there', async () => {
    const missing = readLines(join(scratch.path, 'nothing'));
    await assert.rejects(missing.next(), { code: 'TRACE_INVALID', message: /nothing: .*ENOENT/ });
  });
});
