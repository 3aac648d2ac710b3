import assert from 'node:assert/strict';
import { COMPANY } from '../../../../src/predictor/companions.js';
import { rowsOf } from '../../../../src/predictor/feature.js';
import { FEATURES, featuresOf } from '../../../../src/predictor/features.js';
import { COLUMNS, inputsOf, WIDTH } from '../../../../src/predictor/online/inputs.js';
import { viewOf } from '../../../../src/predictor/view.js';
import { stepOf } from '../../../support/contexts.js';
import { History } from '../../../support/statistics.js';

const history = new History().learn(
  stepOf(['docs/a'], 1000),
  stepOf(['docs/b'], 2000),
  stepOf(['docs/a'], 3000),
  stepOf(['docs/c'], 4000, { user: 'v' }),
);
const question = history.question('u', ['docs/a', 'docs/b', 'docs/c', 'unknown'], 5000);
const view = viewOf(history.statistics.counts, question);
const features = featuresOf(view);
const company = rowsOf(COMPANY, view);
const { context, nowMs } = question;

/** A column by name, of all rows. */
function columnOf(rows: Float32Array, name: string): number[] {
  const column = COLUMNS.indexOf(name);
  return Array.from({ length: rows.length / WIDTH }, (_, row) => rows[row * WIDTH + column] ?? NaN);
}

describe('inputsOf', () => {
  it('are the logit, the statistics, the plan and all features and the company, by distinct names', () => {
    const logits = Float32Array.of(1, 2, Infinity, NaN);
    const rows = inputsOf({ kind: 'holder', context, nowMs, features, company, logits });
    assert.equal(rows.length, 4 * WIDTH);
    assert.equal(new Set(COLUMNS).size, WIDTH);
    assert.ok(rows.every(Number.isFinite));
    assert.deepEqual(columnOf(rows, 'logit'), [1, 2, 0, 0]);
    assert.deepEqual(columnOf(rows, 'holder'), [1, 1, 1, 1]);
    for (const [column, { name }] of FEATURES.entries())
      assert.equal(columnOf(rows, name)[1], features[FEATURES.length + column]);
    for (const [column, { name }] of COMPANY.entries())
      assert.equal(columnOf(rows, name)[2], company[2 * COMPANY.length + column]);
  });

  it('measure each statistic from the best of the plan', () => {
    const rows = inputsOf({ kind: 'user', context, nowMs, features, company, logits: null });
    for (const name of ['popular', 'recent', 'frequent', 'markov', 'covisit'])
      assert.ok(Math.abs(Math.max(...columnOf(rows, `best-${name}`))) < 1e-6);
  });

  it('guess from the statistics where there is no model', () => {
    const rows = inputsOf({ kind: 'user', context, nowMs, features, company, logits: null });
    const [, b = NaN, , unknown = NaN] = columnOf(rows, 'logit');
    assert.ok(b > unknown && b < 0);
  });
});
