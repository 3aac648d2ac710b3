import assert from 'node:assert/strict';
import { bytes, day, escaped, percent, share, whole } from '../../../../src/replay/report/format.js';
import { headline } from '../../../../src/replay/report/headline.js';
import { htmlReport } from '../../../../src/replay/report/html.js';
import { reportJson } from '../../../../src/replay/report/json.js';
import { zeroWaitShares } from '../../../../src/replay/report/rolling.js';
import { bestPolicy, bestRival } from '../../../../src/replay/report/standing.js';
import { textReport } from '../../../../src/replay/report/text-table.js';
import { nine, replayResult, resultOf } from '../../../support/replay-result.js';

const result = replayResult(nine);
const figureKeys = [
  ...[
    'opens',
    'zero_wait',
    'waits_removed',
    'pushed_bytes',
    'wasted_bytes',
    'waste',
    'reach',
    'candidate_recall',
  ],
  ...['by_kind', 'ece', 'pr_auc', 'pushed_bias', 'plan_us_p50', 'plan_us_p99', 'wire_bytes'],
];

describe('replay/report/json', () => {
  it('has exactly the keys of REPLAY.md, in a stable order', () => {
    const report = JSON.parse(reportJson(result)) as { policies: Record<string, Record<string, unknown>> };
    assert.deepEqual(Object.keys(report), ['trace', 'model_sha256', 'budget', 'policies']);
    assert.deepEqual(Object.keys(report.policies), Object.keys(nine));
    for (const figures of Object.values(report.policies)) {
      assert.deepEqual(Object.keys(figures), figureKeys);
      assert.deepEqual(Object.keys(figures['by_kind'] as object), [
        'repeat_changed',
        'first_touch',
        'evicted',
      ]);
    }
  });

  it('names the model that ranked, and none where none did', () => {
    const named = { ...result, modelSha256: 'ab'.repeat(32) };
    assert.equal((JSON.parse(reportJson(named)) as { model_sha256: unknown }).model_sha256, 'ab'.repeat(32));
    assert.equal((JSON.parse(reportJson(result)) as { model_sha256: unknown }).model_sha256, null);
    assert.ok(htmlReport(named).includes('ab'.repeat(32)));
    assert.doesNotMatch(htmlReport(result), /Model:/);
  });

  it('rounds shares to six digits and writes null for what was not measured', () => {
    const { policies } = JSON.parse(reportJson(result)) as { policies: Record<string, unknown> };
    assert.deepEqual(policies['blend'], {
      ...{
        opens: 1000,
        zero_wait: 720,
        waits_removed: 0.3,
        pushed_bytes: 5_000_000,
        wasted_bytes: 2_500_000,
      },
      ...{ waste: 0.5, reach: 0.46875, candidate_recall: 0.8125 },
      by_kind: {
        repeat_changed: { waits: 200, waits_removed: 0.3 },
        first_touch: { waits: 100, waits_removed: 0.15 },
        evicted: { waits: 0, waits_removed: null },
      },
      ...{
        ece: 0.012346,
        pr_auc: 0.25,
        pushed_bias: -0.5,
        plan_us_p50: 412.4,
        plan_us_p99: 1800,
        wire_bytes: null,
      },
    });
  });
});

describe('replay/report/standing', () => {
  it('knows the best rival, and the best policy that does not know the future', () => {
    assert.equal(bestRival(result)?.policy, 'blend');
    assert.equal(bestPolicy(result)?.policy, 'blend');
    const withModel = replayResult({ ...nine, model: 0.4 });
    assert.equal(bestRival(withModel)?.policy, 'blend');
    assert.equal(bestPolicy(withModel)?.policy, 'model');
  });

  it('knows none where none ran, and the first of equals', () => {
    assert.equal(bestRival(replayResult({ none: 0, oracle: 0.5 })), null);
    assert.equal(bestRival(replayResult({ recent: 0.2, markov: 0.2 }))?.policy, 'recent');
  });
});

describe('replay/report/headline', () => {
  it('says in plain words what pushing did', () => {
    assert.equal(
      headline(result),
      'Of 1,000 opens, 400 had to wait with a cache alone; pushing with “blend” removed 120 of these waits (30 %), for 5.0 MB pushed.',
    );
  });

  it('claims nothing where nothing was won, or where there was nothing to win', () => {
    assert.match(headline(replayResult({ none: 0, mirror: 0 })), /pushing removed none of these waits\.$/);
    assert.match(headline(replayResult({ none: 0 })), /pushing removed none/);
    assert.match(headline(replayResult({ none: 1 })), /^None of 1,000 opens had to wait/);
    assert.match(headline(replayResult({ blend: 0.5 })), /is not known/);
    const empty = new Map([['none', resultOf(0, { opens: 0, zeroWait: 0 })]]);
    assert.match(headline({ ...result, policies: empty }), /has no opens/);
  });
});

describe('replay/report/text-table', () => {
  it('lines the policies up and marks the best rival, without colours for a file', () => {
    const lines = textReport(result, false).split('\n');
    const at = lines.findIndex((line) => line.startsWith('  policy'));
    assert.match(
      lines[at] ?? '',
      /waits removed .*zero-wait .*pushed .*waste .*reach .*recall .*ece .*pr-auc .*bias/,
    );
    const policies = lines.slice(at + 1, at + 10);
    assert.deepEqual(
      policies.map((line) => line.slice(2).split(' ')[0]),
      Object.keys(nine),
    );
    assert.equal(new Set(lines.slice(at, at + 10).map((line) => line.length)).size, 1);
    assert.deepEqual(
      policies.filter((line) => line.startsWith('▸')).map((line) => line.slice(2, 7)),
      ['blend'],
    );
    assert.ok(!lines.join('').includes('\u001B'));
  });

  it('colours the best rival for a person', () => {
    assert.match(textReport(result, true), /\u001B\[1m.*▸ blend/);
  });
});

describe('replay/report/html', () => {
  const page = htmlReport(result);

  it('is one page that needs no network and runs no script', () => {
    assert.match(page, /^<!doctype html>\n<html lang="en">/);
    assert.doesNotMatch(page, /<script|<link|<img|@import|url\(|https?:|src=|href=/);
    assert.match(page, /default-src 'none'/);
    assert.match(page, /prefers-color-scheme: dark/);
    assert.match(page, /name="viewport"/);
  });

  it('escapes what comes from the trace', () => {
    assert.ok(page.includes('git-&lt;hono&gt; &amp; &quot;co&quot;'));
    assert.ok(!page.includes('<hono>'));
  });

  it('is well formed: every element that opens closes', () => {
    const open: string[] = [];
    for (const [, closing, name = '', selfClosing] of page.matchAll(
      /<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*?)?(\/?)>/g,
    )) {
      if (selfClosing === '/' || name === 'meta') continue;
      if (closing === '/') assert.equal(open.pop(), name);
      else open.push(name);
    }
    assert.deepEqual(open, []);
  });

  it('draws every policy in every chart and names it in text', () => {
    for (const policy of Object.keys(nine)) assert.ok(page.includes(`>${policy}<`), policy);
    assert.equal(page.match(/<svg /g)?.length, 3);
    assert.equal(page.match(/<path class="curve/g)?.length, 9 + 8 + 8);
    assert.ok([...page.matchAll(/<svg [^>]*>/g)].every(([svg]) => /role="img" aria-label="[^"]+"/.test(svg)));
  });

  it('draws only numbers, also where nothing was measured', () => {
    const bare = htmlReport({ ...replayResult({ none: 0 }), policies: new Map() });
    for (const html of [page, htmlReport(replayResult({ none: 0 })), bare])
      assert.doesNotMatch(html, /NaN|Infinity|undefined/);
  });

  it('gives the same bytes for the same result', () => assert.equal(htmlReport(replayResult(nine)), page));
});

describe('replay/report/format', () => {
  it('writes numbers as people read them', () => {
    assert.deepEqual([0, 999, 1000, 1234, 99_499, 99_600, 12_345_678, 1e15].map(bytes), [
      ...['0 B', '999 B', '1.0 kB', '1.2 kB', '99 kB', '100 kB', '12 MB', '1000 TB'],
    ]);
    assert.deepEqual(
      [percent(0.1234), percent(0.1234, 0), share(0.1234), share(-0.5, 2), whole(12345.4)],
      [...['12.3 %', '12 %', '.123', '-.50', '12,345']],
    );
    assert.deepEqual([percent(null), share(null), bytes(null), whole(null)], ['–', '–', '–', '–']);
    assert.equal(share(1.5, 1), '1.5');
    assert.equal(escaped(`<a b="c">&'`), '&lt;a b=&quot;c&quot;&gt;&amp;&#39;');
    assert.equal(day(1_700_000_000), '2023-11-14');
  });

  it('rolls shares over stretches and leaves out those before any open', () => {
    const stretch = (opens: number, waits: number): Parameters<typeof zeroWaitShares>[0][number] => {
      return { timeS: 0, opens, waits, pushedBytes: 0, wastedBytes: 0 };
    };
    assert.deepEqual(zeroWaitShares([stretch(0, 0), stretch(4, 4), stretch(4, 0)]), [
      [1, 0],
      [2, 0.5],
    ]);
    const many = Array.from({ length: 20 }, (_, at) => stretch(1, at < 10 ? 1 : 0));
    assert.deepEqual(zeroWaitShares(many).at(-1), [19, 1]);
  });
});
