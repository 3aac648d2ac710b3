import assert from 'node:assert/strict';
import type { Policy } from '../../../../src/domain/engine-port.js';
import { itemId, pseudonym, spaceId, type ItemId } from '../../../../src/domain/ids.js';
import type { DevicePlan } from '../../../../src/domain/plan.js';
import { policyNamed } from '../../../../src/predictor/policies/named.js';
import { Engine } from '../../../../src/session/space/engine.js';
import { Rehearsal } from '../../../../src/session/space/rehearsal.js';
import { stepOf } from '../../../support/contexts.js';
import { headOf, scoredOf } from '../../../support/plans.js';
import { connected, TestDevice } from '../../../support/space.js';
import { History } from '../../../support/statistics.js';

const U = pseudonym('u');
const ITEMS = ['a', 'b', 'c', 'd'];
const BUDGET = { ratio: 1, startBytes: 100 };

const policyOf = (name: string, score: (item: ItemId) => number): Policy => ({
  name,
  payment: 'price',
  plans: 'all',
  score: ({ items }) => Float64Array.from(items, score),
  explain: () => [],
});

interface Counts {
  opens: number;
  first: number;
  second: number;
  failures: number;
}

function rehearsalOf(first: Policy, second: Policy): { rehearsal: Rehearsal; counts: Counts } {
  const counts = { opens: 0, first: 0, second: 0, failures: 0 };
  const rehearsal = new Rehearsal({
    first,
    second,
    budget: BUDGET,
    onOpened: ({ first: one, second: other }, opens) => {
      counts.opens += opens;
      counts.first += one;
      counts.second += other;
    },
    onFailed: () => (counts.failures += 1),
  });
  return { rehearsal, counts };
}

/** A space in which everything is new at each step: only who foresees the next item has it ready. */
async function script(
  foresees: readonly [first: boolean, second: boolean],
  steps: number,
): Promise<{ counts: Counts; planned: number }> {
  let next = '';
  let planned = 0;
  const seer = (name: string, knows: boolean): Policy => ({
    ...policyOf(name, (item) => (knows && item === next ? 0.8 : 0.01)),
    planned: () => void (planned += name === 'second' ? 1 : 0),
  });
  const [first, second] = [seer('first', foresees[0]), seer('second', foresees[1])];
  const { rehearsal, counts } = rehearsalOf(first, second);
  const question = new History().question('u', ITEMS, 0);
  for (let step = 1; step <= steps; step++) {
    const dataHash = headOf(`v${step}`).dataHash;
    next = ITEMS[step % 4] ?? '';
    rehearsal.begin(question, () =>
      ITEMS.map((item) => scoredOf(item, 0)).map((offer) => ({
        ...offer,
        bundle: offer.bundle.map((one) => ({ ...one, dataHash })),
      })),
    );
    await rehearsal.idle();
    const opened = stepOf([next], step);
    rehearsal.observe(opened, question.context, (item) => ({ item, dataHash, bytes: 10 }));
  }
  return { counts, planned };
}

describe('Rehearsal', () => {
  it('counts the opens that each would have had ready', async () => {
    const { counts, planned } = await script([false, true], 4000);
    assert.ok(counts.opens > 100, `${counts.opens} opens`);
    assert.equal(counts.first, 0);
    // At least of the plans that were rehearsed, a known share of all.
    assert.ok(counts.second > 0.1 * counts.opens, `${counts.second} of ${counts.opens}`);
    assert.ok(planned > 100, 'what it rehearses it learns from');
    assert.equal(counts.failures, 0);
  });

  it('is fair: two that foresee the same count the same', async () => {
    const { counts } = await script([true, true], 2000);
    assert.ok(counts.first > 0);
    assert.equal(counts.first, counts.second);
  });

  it('keeps nobody waiting, and fails alone', async () => {
    let release: () => void = () => undefined;
    const slow: Policy = {
      ...policyOf('slow', () => 1),
      score: async ({ items }) => {
        await new Promise<void>((resolve) => (release = resolve));
        if (items.length > 0) throw new Error('broken');
        return new Float64Array(0);
      },
      observe: () => {
        throw new Error('closed');
      },
    };
    const { rehearsal, counts } = rehearsalOf(
      policyOf('first', () => 1),
      slow,
    );
    const question = new History().question('u', ITEMS, 0);
    let offered = 0;
    for (let step = 1; step < 100; step++) {
      rehearsal.begin(question, () => {
        offered += 1;
        return [scoredOf('a', 0)];
      });
      rehearsal.observe(stepOf(['a'], step), question.context, () => undefined);
    }
    assert.equal(offered, 2, 'one at a time, which asks for each of both');
    await new Promise((resolve) => setImmediate(resolve));
    release();
    await rehearsal.idle();
    assert.equal(counts.failures, 99 + 1);
  });

  it('changes no plan: an engine with it plans as one without, whatever the second would push', async () => {
    const run = async (rehearses: boolean): Promise<readonly DevicePlan[]> => {
      const history = new History();
      for (const item of ITEMS) history.change(item, 0);
      const { statistics } = history;
      const policy = policyNamed('recent', statistics);
      const { rehearsal, counts } = rehearsalOf(
        policy,
        policyOf('second', () => 1),
      );
      const push = { ...BUDGET, threshold: 0.2, metadataThreshold: null };
      const beside = rehearses ? { rehearsal } : {};
      const engine = new Engine({ space: spaceId('s'), statistics, policy, push, ...beside });
      const device = new TestDevice(U);
      device.holdsOld(itemId('a'));
      const plans: DevicePlan[] = [];
      for (let step = 1; step <= 300; step++) {
        const opened = stepOf([ITEMS[step % 3] ?? ''], step * 1000);
        const contexts = [history.contextOf('u'), history.learn(opened).contextOf('u')];
        plans.push(...(await engine.onSteps([opened], contexts, connected(device), step * 1000)));
        engine.opened(10);
      }
      assert.equal(counts.failures, 0);
      return plans;
    };
    const plans = await run(true);
    assert.ok(plans.length > 0);
    assert.deepEqual(plans, await run(false));
    const pushed = new Set(plans.flatMap(({ pushes }) => pushes.map(({ scored }) => scored.item as string)));
    assert.ok(!pushed.has('d'), 'only the second would push what nobody used');
  });
});
