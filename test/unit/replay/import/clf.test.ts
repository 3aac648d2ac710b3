import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { importClf } from '../../../../src/replay/import/clf.js';
import { readLogLine } from '../../../../src/replay/import/clf-line.js';
import type { ImportResult } from '../../../../src/replay/import/import-result.js';
import { plainNames } from '../../../../src/replay/import/pseudonyms.js';
import { scratchFolder } from '../../../support/scratch.js';

const common = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache?x=1 HTTP/1.0" 200 2326';
const combined = `${common} "http://ref/\\"x" "Mozilla/4.08 [en] (Win98; \\"I\\")"`;

describe('replay/import/clf', () => {
  let scratch: Awaited<ReturnType<typeof scratchFolder>>;
  beforeEach(async () => (scratch = await scratchFolder()));
  afterEach(() => scratch.remove());

  async function imported(
    lines: readonly string[],
    more: { allPaths?: boolean; keepBots?: boolean } = {},
  ): Promise<ImportResult> {
    const file = join(scratch.path, 'access.log.gz');
    await writeFile(file, gzipSync(`${lines.join('\n')}\n`));
    const { allPaths = false, keepBots = false } = more;
    const told = { name: null, licence: 'x', naming: plainNames, onProgress: () => undefined };
    return importClf(file, { ...told, allPaths, keepBots });
  }

  const request = (target: string, rest = '200 100', host = 'h', second = '00'): string =>
    `${host} - - [01/Jan/2024:00:00:${second} +0000] "GET ${target} HTTP/1.1" ${rest}`;

  const items = (result: ImportResult): string[] =>
    [...result.trace.events.inOrder()].map(({ item }) => item);

  it('reads the Common and the Combined Log Format, and what comes after', () => {
    const fields = {
      host: '127.0.0.1',
      timeS: 971211336,
      method: 'GET',
      target: '/apache?x=1',
      status: 200,
      bytes: 2326,
    };
    assert.deepEqual(readLogLine(common), { ...fields, agent: '' });
    assert.deepEqual(readLogLine(combined), { ...fields, agent: 'Mozilla/4.08 [en] (Win98; \\"I\\")' });
    assert.deepEqual(readLogLine(`${combined} 0.12 upstream`)?.status, 200);
    assert.equal(readLogLine(common.replace('2326', '-'))?.bytes, null);
  });

  it('tells what is no log line', () => {
    for (const text of [
      '',
      'hello',
      common.replace('Oct', 'Okt'),
      common.replace('10/', '10-'),
      common.replace(' 200', ''),
    ]) {
      assert.equal(readLogLine(text), null, text);
    }
    assert.equal(readLogLine(common.replace('GET /apache?x=1 HTTP/1.0', '\\x16\\x03')), null);
    assert.equal(readLogLine(common.replace('2000', '1960')), null);
  });

  it('makes host and agent the user, the decoded path the item, and sorts by time', async () => {
    const { trace } = await imported([
      request('/b?q=1#f', '200 7 "-" "Firefox"', 'h', '05'),
      request('http://site.example/caf%C3%A9/', '304 -', 'h', '01'),
      request('/%zz', '200 9', 'g', '03'),
      request('http://site.example', '200 9', 'g', '04'),
    ]);
    assert.deepEqual(
      [...trace.events.inOrder()].map(({ user, item, type, timeS }) => [
        user,
        item,
        type,
        timeS - 1704067200,
      ]),
      [
        ['h', '/café/', 'view', 1],
        ['g', '/%zz', 'view', 3],
        ['g', '/', 'view', 4],
        ['h Firefox', '/b', 'view', 5],
      ],
    );
    assert.deepEqual(
      [...trace.sizes],
      [
        ['/b', 7],
        ['/%zz', 9],
        ['/', 9],
      ],
    );
    assert.deepEqual(trace.meta, {
      name: 'access',
      licence: 'x',
      train: false,
      writes: [],
      creates: [],
      outside: [],
    });
  });

  it('takes successful GETs of pages by people, and counts what it leaves out', async () => {
    const lines = [
      request('/page'),
      request('/page').replace('GET', 'POST'),
      request('/page', '404 1'),
      request('/page', '301 1'),
      request('/logo.PNG'),
      request('/app.js?v=2'),
      request('/page', '200 1 "-" "Googlebot/2.1"'),
      request(`/${'x'.repeat(600)}`),
      'garbage',
      '',
    ];
    const result = await imported(lines);
    assert.deepEqual(items(result), ['/page']);
    assert.deepEqual(Object.fromEntries(result.leftOut), {
      'requests that are no GET': 1,
      'requests that failed or were redirected': 2,
      'requests for images, scripts and other parts of pages': 2,
      'requests by programs': 1,
      'paths longer than 512 bytes': 1,
      'lines that are no log lines': 1,
    });
    assert.deepEqual(items(await imported(lines, { allPaths: true })), ['/page', '/logo.PNG', '/app.js']);
    assert.equal((await imported(lines, { keepBots: true })).trace.events.size, 2);
  });

  it('gives up on a file that is no log, at its end or soon', async () => {
    const invalid = { code: 'TRACE_INVALID', message: /access\.log\.gz:2: most lines are not in the Common/ };
    await assert.rejects(imported([request('/a'), 'x', 'y', 'z']), invalid);
    await assert.rejects(imported([request('/a'), ...Array.from({ length: 5000 }, () => 'x')]), invalid);
    await assert.rejects(imported([request('/a.png')]), {
      code: 'TRACE_INVALID',
      message: /no request of a page is left/,
    });
  });
});
