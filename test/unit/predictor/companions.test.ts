import assert from 'node:assert/strict';
import { pseudonym } from '../../../src/domain/ids.js';
import { COMPANY } from '../../../src/predictor/companions.js';
import { rowsOf } from '../../../src/predictor/feature.js';
import { viewOf } from '../../../src/predictor/view.js';
import { DAY_MS, stepOf } from '../../support/contexts.js';
import { History } from '../../support/statistics.js';

const HOUR_MS = DAY_MS / 24;

/** Three opens of u, of which two follow v, one of them after w had it last; then v opens what u did not, and again what u did. */
function history(): History {
  return new History().learn(
    stepOf(['a', 'b'], 0, { user: 'v' }),
    stepOf(['b'], HOUR_MS, { user: 'w' }),
    stepOf(['a', 'b', 'c'], 2 * HOUR_MS),
    stepOf(['new', 'a'], 3 * HOUR_MS, { user: 'v' }),
    stepOf(['other'], 3 * HOUR_MS, { user: 'x' }),
  );
}

/** The columns of one item. */
function columnsOf(past: History, item: string): readonly number[] {
  return Array.from(rowsOf(COMPANY, viewOf(past.statistics.counts, past.question('u', [item], 4 * HOUR_MS))));
}

const chance = (share: number): number => Math.log2(1 + 1000 * share);

describe('COMPANY', () => {
  it('tells how much the user follows those who opened an item, and how much of theirs comes to the user', () => {
    const expected = {
      // Of v's four opens u took up one right after v; five more are taken for not knowing.
      new: [2 / 3, 2 / 3, 2 / 3, 1 / 9, 1 / 9],
      a: [2 / 3, 2 / 3, 2 / 3, 1 / 9, 1 / 9],
      // Nobody but u opened it since u did.
      b: [1 / 3 + 2 / 3, 0, 1 / 3, 1 / 6, 0],
      c: [0, 0, 0, 0, 0],
      other: [0, 0, 0, 0, 0],
      'nobody-knows-it': [0, 0, 0, 0, 0],
    };
    const past = history();
    for (const [item, shares] of Object.entries(expected))
      for (const [place, value] of columnsOf(past, item).entries())
        assert.ok(
          Math.abs(value - chance(shares[place] ?? NaN)) < 1e-3,
          `${item}, ${COMPANY[place]?.name}: ${value}`,
        );
  });

  it('says nothing of whom a space has forgotten', () => {
    const past = history();
    past.statistics.forget(pseudonym('v'));
    assert.deepEqual(columnsOf(past, 'new'), [0, 0, 0, 0, 0]);
    assert.ok((columnsOf(past, 'b')[0] ?? 0) > 0, 'w is still there');
  });

  it("leaves nothing in the space's scratch", () => {
    const past = history();
    columnsOf(past, 'new');
    assert.deepEqual(past.statistics.counts.sums.touched, []);
  });
});
