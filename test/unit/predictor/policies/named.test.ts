import assert from 'node:assert/strict';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { itemId } from '../../../../src/domain/ids.js';
import { BLEND_WEIGHTS } from '../../../../src/predictor/policies/blend.js';
import { PLAIN_POLICIES, POPULAR_POWER, policyNamed } from '../../../../src/predictor/policies/named.js';
import { DAY_MS, stepOf } from '../../../support/contexts.js';
import { History } from '../../../support/statistics.js';

/** u went a → b → a → c; others went a → c twice and a → d once. All within some minutes. */
const history = (): History =>
  new History().learn(
    stepOf(['a'], 1000, { user: 'v' }),
    stepOf(['c'], 2000, { user: 'v' }),
    stepOf(['a'], 3000, { user: 'w' }),
    stepOf(['c', 'd'], 4000, { user: 'w' }),
    stepOf(['a'], 5000),
    stepOf(['b'], 6000),
    stepOf(['c'], 7000),
    stepOf(['a'], 8000),
  );

const scoresBy = async (policy: string, nowMs = 8000): Promise<Record<string, number>> => {
  const past = history();
  const items = ['a', 'b', 'c', 'd'];
  const scores = await policyNamed(policy, past.statistics).score(past.question('u', items, nowMs));
  return Object.fromEntries(items.map((item, place) => [item, scores[place] ?? NaN]));
};

const close = (actual: Record<string, number>, expected: Record<string, number>, within = 1e-6): void => {
  for (const [item, score] of Object.entries(expected))
    assert.ok(Math.abs((actual[item] ?? NaN) - score) < within, `${item}: ${actual[item]}, not ${score}`);
};

describe('the plain policies, on a history by hand', () => {
  it('recent: 1/(1 + rank in the recency list), what is not in it behind its end', async () =>
    close(await scoresBy('recent'), { a: 1, c: 1 / 2, b: 1 / 3, d: 1 / 4 }));

  it('frequent: own uses, half-life 7 days', async () => {
    close(await scoresBy('frequent'), { a: 1.9999966, b: 0.9999977, c: 0.9999989, d: 0 });
    close(await scoresBy('frequent', 8000 + 7 * DAY_MS), { a: 0.9999983, d: 0 });
  });

  it("popular: everyone's uses, half-life 14 days, in their order", async () => {
    const uses = (scores: Record<string, number>): Record<string, number> =>
      Object.fromEntries(Object.entries(scores).map(([item, score]) => [item, score ** (1 / POPULAR_POWER)]));
    close(uses(await scoresBy('popular')), { a: 4, b: 1, c: 3, d: 1 }, 1e-4);
    close(uses(await scoresBy('popular', 8000 + 14 * DAY_MS)), { a: 2, b: 0.5, c: 1.5, d: 0.5 }, 1e-4);
  });

  it("markov: everyone's transitions from the last step plus 0.3 × the own", async () =>
    // From a: everyone c 2 of 4, d 1 of 4, b 1 of 4; u alone b 1 of 1.
    close(await scoresBy('markov'), { a: 0, b: 1 / 4 + 0.3, c: 2 / 4, d: 1 / 4 }));

  it('covisit: together with the last five steps, each counting 0.7 of the one after it', async () => {
    const past = new History().learn(
      stepOf(['x', 'y'], 1000, { user: 'v' }),
      stepOf(['x'], 5000, { user: 'w' }),
      stepOf(['z'], 6000, { user: 'w' }),
      stepOf(['x'], 7000),
    );
    const scores = await policyNamed('covisit', past.statistics).score(
      past.question('u', ['y', 'z', 'x'], 8000),
    );
    // x was used in three steps: once with y in one step, once a step before z.
    close({ y: scores[0] ?? NaN, z: scores[1] ?? NaN, x: scores[2] ?? NaN }, { y: 1 / 3, z: 0.7 / 3, x: 0 });
  });

  it('blend: a fixed sum of the others', async () => {
    const [recent, frequent, markov, covisit, blend] = await Promise.all(
      ['recent', 'frequent', 'markov', 'covisit', 'blend'].map((policy) => scoresBy(policy)),
    );
    const { recency, habit, transitions, together } = BLEND_WEIGHTS;
    for (const item of ['a', 'b', 'c', 'd']) {
      const expected =
        recency * (recent?.[item] ?? NaN) +
        habit * Math.log1p(frequent?.[item] ?? NaN) +
        transitions * (markov?.[item] ?? NaN) +
        together * (covisit?.[item] ?? NaN);
      assert.ok(Math.abs((blend?.[item] ?? NaN) - expected) < 1e-12, item);
    }
  });

  it('score one item as they score it among many', async () => {
    const past = history();
    const many = ['a', 'b', 'c', 'd', ...Array.from({ length: 20 }, (_, n) => `unknown${n}`)];
    for (const name of PLAIN_POLICIES) {
      const policy = policyNamed(name, past.statistics);
      const among = await policy.score(past.question('u', many, 9000));
      for (const [place, item] of many.entries()) {
        const [alone] = await policy.score(past.question('u', [item], 9000));
        assert.ok(Math.abs((alone ?? NaN) - (among[place] ?? NaN)) < 1e-12, `${name} ${item}`);
        assert.ok(Number.isFinite(alone) && (alone ?? -1) >= 0);
      }
    }
  });

  it('name at most three reasons, strongest first, and nobody else', () => {
    const past = history();
    const reasons = policyNamed('blend', past.statistics).explain(
      past.question('u', ['c'], 9000),
      itemId('c'),
    );
    assert.ok(reasons.length > 0 && reasons.length <= 3);
    assert.deepEqual(
      reasons.map(({ weight }) => weight),
      reasons.map(({ weight }) => weight).sort((a, b) => b - a),
    );
    for (const { text, weight } of reasons) assert.ok(text.length > 0 && weight > 0 && weight <= 1);
    const codesOf = (item: string): string[] =>
      policyNamed('recent', past.statistics)
        .explain(past.question('u', [item], 9000), itemId(item))
        .map(({ code }) => code);
    assert.equal(codesOf('a').includes('RECENT'), true);
    assert.equal(codesOf('d').includes('RECENT'), false);
  });

  it('say whom they plan for and how they pay', () => {
    const { statistics } = history();
    const sorts = PLAIN_POLICIES.map((name) => {
      const { plans, payment } = policyNamed(name, statistics);
      return `${name} ${plans} ${payment}`;
    });
    assert.deepEqual(sorts.slice(0, 3), [
      'none never price',
      'mirror holders first-come',
      'popular all price',
    ]);
  });

  it('there is no other', () =>
    assert.throws(
      () => policyNamed('psychic', history().statistics),
      (error) => error instanceof ForesyncError && error.code === 'CONFIG_INVALID',
    ));
});
