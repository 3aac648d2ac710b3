import assert from 'node:assert/strict';
import { itemId } from '../../../src/domain/ids.js';
import { FEATURES, featuresOf } from '../../../src/predictor/features.js';
import { viewOf } from '../../../src/predictor/view.js';
import { DAY_MS, stepOf } from '../../support/contexts.js';
import { History } from '../../support/statistics.js';

const HOUR_MS = DAY_MS / 24;

/** The features of one item by name. */
function featuresFor(history: History, item: string, nowMs: number): Record<string, number> {
  const view = viewOf(history.statistics.counts, history.question('u', [item], nowMs));
  const values = Array.from(featuresOf(view));
  return Object.fromEntries(FEATURES.map(({ name }, column) => [name, values[column] ?? NaN]));
}

describe('features', () => {
  it('are 36 columns with distinct names, a text and a range each', () => {
    assert.equal(FEATURES.length, 36);
    assert.equal(new Set(FEATURES.map(({ name }) => name)).size, 36);
    for (const { doc, range } of FEATURES) assert.ok(doc.length > 0 && range[0] < range[1]);
  });

  it('describe an item that the user knows', () => {
    const edges = [{ item: itemId('docs/lib'), kind: 'link' }] as const;
    const history = new History()
      .change('docs/lib', 0)
      .change('docs/a', 0, { edges, sizeBytes: 3 * 1024 })
      .learn(
        stepOf(['docs/a'], 0, { kind: 'edited' }),
        stepOf(['docs/lib', 'x'], HOUR_MS),
        stepOf(['docs/a'], HOUR_MS, { user: 'v' }),
      )
      .change('docs/a', 2 * HOUR_MS, { edges, sizeBytes: 3 * 1024 }, 'v')
      .change('docs/lib', 2 * HOUR_MS, {}, 'v');
    const features = featuresFor(history, 'docs/a', 3 * HOUR_MS);
    const expected = {
      used: 1,
      'since-use': 2,
      recency: 1 / 3,
      rank: 1 / 3,
      uses: 1,
      edited: 1,
      'uses-of-all': Math.log2(3),
      breadth: Math.log2(3),
      dependency: 0,
      dependant: 1 / 2,
      folder: 1 / 2,
      path: 1 / 4,
      changed: 1,
      'since-change': 1,
      'dependencies-changed': 1,
      steps: Math.log2(3),
      'since-step': Math.log2(3),
      size: 2,
      transitions: 0,
    };
    for (const [name, value] of Object.entries(expected))
      assert.ok(Math.abs((features[name] ?? NaN) - value) < 1e-3, `${name}: ${features[name]}, not ${value}`);
    assert.equal(featuresFor(history, 'docs/lib', 3 * HOUR_MS)['dependency'], 1 / 2);
  });

  it('describe an item that nobody used by what goes on in its folder', () => {
    const history = new History()
      .learn(stepOf(['docs/a', 'docs/b', 'x'], 0), stepOf(['docs/a'], 7 * DAY_MS, { user: 'v' }))
      .change('docs/new', 7 * DAY_MS);
    const features = featuresFor(history, 'docs/new', 7 * DAY_MS);
    const expected = {
      uses: 0,
      'folder-habit': Math.log2(1 + 2 * 0.5),
      'folder-uses': Math.log2(1 + 2),
      'folder-popularity': Math.log2(1 + 2 * Math.SQRT1_2 + 1),
      'folder-trend': Math.log2(1 + 2 / 128 + 1),
    };
    for (const [name, value] of Object.entries(expected))
      assert.ok(Math.abs((features[name] ?? NaN) - value) < 1e-3, `${name}: ${features[name]}, not ${value}`);
  });

  it('describe an item by the company it keeps: with what the user likes, and with what others do now', () => {
    const history = new History().learn(
      stepOf(['a', 'near'], 0, { user: 'w' }),
      stepOf(['b', 'far'], 0, { user: 'x' }),
      stepOf(['a'], HOUR_MS),
      stepOf(['b'], 2 * HOUR_MS, { user: 'v' }),
    );
    const near = featuresFor(history, 'near', 3 * HOUR_MS);
    const far = featuresFor(history, 'far', 3 * HOUR_MS);
    // Once together; `a` was used twice, `near` once.
    assert.ok(Math.abs((near['taste'] ?? NaN) - Math.log2(1 + 1000 / Math.SQRT2)) < 1e-3);
    assert.equal(far['taste'], 0);
    assert.ok((far['around'] ?? 0) > 0);
    // What the user did themself is not what others do.
    const own = featuresFor(new History().learn(stepOf(['a', 'near'], 0)), 'near', HOUR_MS);
    assert.equal(own['around'], 0);
  });

  it('describe an item that nobody knows, and one without any history', () => {
    const features = featuresFor(new History(), 'nobody', DAY_MS);
    assert.deepEqual([features['used'], features['since-use'], features['since-change']], [0, 16, 16]);
    assert.deepEqual([features['together'], features['folder'], features['size']], [0, 0, 0]);
  });

  it('are finite and within their ranges, row by row, whatever happened', () => {
    const history = new History();
    for (let n = 0; n < 400; n++)
      history.learn(stepOf([`d${n % 3}/i${(n * 7) % 31}`, `i${n % 13}`], n * HOUR_MS, { user: `u${n % 3}` }));
    history.learn(stepOf(['i1', 'd1/i1'], 500 * HOUR_MS));
    const items = Array.from({ length: 31 }, (_, n) => `d${n % 3}/i${n}`);
    const rows = featuresOf(viewOf(history.statistics.counts, history.question('u', items, 501 * HOUR_MS)));
    assert.equal(rows.length, items.length * FEATURES.length);
    for (const [place, value] of rows.entries()) {
      const { name, range } = FEATURES[place % FEATURES.length] ?? { name: '', range: [1, 0] };
      assert.ok(value >= range[0] && value <= range[1], `${name} ${value}`);
    }
    const alone = featuresOf(
      viewOf(history.statistics.counts, history.question('u', items.slice(4, 5), 501 * HOUR_MS)),
    );
    assert.deepEqual(alone, rows.slice(4 * FEATURES.length, 5 * FEATURES.length));
  });
});
