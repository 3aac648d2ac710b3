import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CONTEXT_LIMITS, EMPTY_CONTEXT } from '../../../src/domain/context.js';
import { itemId } from '../../../src/domain/ids.js';
import { decay, fold, USE_HALF_LIFE_MS } from '../../../src/context/reducer.js';
import { contextAfter, stepOf } from '../../support/contexts.js';

const a = itemId('a');
const b = itemId('b');

describe('fold', () => {
  it('counts uses and lets the old ones decay by half in 7 days', () => {
    const { items, steps, lastStepMs } = contextAfter(
      stepOf(['a'], 1000, { kind: 'created' }),
      stepOf(['b'], 2000),
      stepOf(['a'], 1000 + USE_HALF_LIFE_MS),
    );
    assert.deepEqual([steps, lastStepMs], [3, 1000 + USE_HALF_LIFE_MS]);
    assert.deepEqual(items, [
      { item: a, lastMs: 1000 + USE_HALF_LIFE_MS, lastStep: 3, lastKind: 'viewed', count: 2, decayed: 1.5 },
      { item: b, lastMs: 2000, lastStep: 2, lastKind: 'viewed', count: 1, decayed: 1 },
    ]);
  });

  it('learns the own transitions from each step to the next, never to itself', () => {
    const { transitions, recentSteps } = contextAfter(
      stepOf(['a', 'b'], 1000),
      stepOf(['a', 'c'], 2000),
      stepOf(['a'], 3000),
    );
    assert.deepEqual([...(transitions.get(a) ?? [])], [['c', 1]]);
    assert.deepEqual(
      [...(transitions.get(b) ?? [])],
      [
        ['a', 1],
        ['c', 1],
      ],
    );
    assert.deepEqual([...(transitions.get(itemId('c')) ?? [])], [['a', 1]]);
    assert.deepEqual(recentSteps, [['a'], ['a', 'c'], ['a', 'b']]);
  });

  it('keeps query buckets newest first and the last location; a search is no step', () => {
    const context = contextAfter(
      stepOf([], 1000, { queryBuckets: [1, 2], locationCell: 'u0' }),
      stepOf([], 2000, { queryBuckets: [3, 1] }),
    );
    assert.deepEqual([context.queryBuckets, context.locationCell], [[3, 1, 2], 'u0']);
    assert.deepEqual([context.steps, context.lastStepMs, context.items], [0, 2000, []]);
  });

  it('takes a clock that went back for no time', () => {
    const { items, lastStepMs } = contextAfter(stepOf(['a'], 9000), stepOf(['a'], 1000));
    assert.deepEqual([items[0]?.lastMs, items[0]?.decayed, lastStepMs], [9000, 2, 9000]);
    assert.equal(decay(-5, 10), 1);
  });

  it('stays within its limits and leaves the old context as it was, whatever comes', () => {
    const step = fc.record({
      items: fc.uniqueArray(fc.integer({ min: 0, max: 700 }), { maxLength: 60 }),
      buckets: fc.array(fc.nat(200), { maxLength: 16 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 40 }), (steps) => {
        let context = EMPTY_CONTEXT;
        for (const [index, { items, buckets }] of steps.entries()) {
          const before = structuredClone(context);
          const next = fold(context, stepOf(items.map(String), index * 1000, { queryBuckets: buckets }));
          assert.deepEqual(context, before);
          context = next;
        }
        assert.ok(context.items.length <= CONTEXT_LIMITS.items);
        assert.equal(new Set(context.items.map(({ item }) => item)).size, context.items.length);
        assert.ok(context.recentSteps.length <= CONTEXT_LIMITS.steps);
        assert.ok(context.queryBuckets.length <= CONTEXT_LIMITS.queryBuckets);
        assert.ok(context.transitions.size <= CONTEXT_LIMITS.transitionSources);
        for (const targets of context.transitions.values())
          assert.ok(targets.size <= CONTEXT_LIMITS.transitionTargets);
      }),
      { numRuns: 20 },
    );
  });

  it('drops the smallest transitions of a source, the older of equals, and the sources unused longest', () => {
    const many = Array.from({ length: CONTEXT_LIMITS.transitionTargets + 1 }, (_, n) => `t${n}`);
    const full = contextAfter(
      stepOf(['a'], 0),
      stepOf(['t0'], 1000),
      stepOf(['a'], 2000),
      stepOf(many, 3000),
    );
    const targets = [...(full.transitions.get(a) ?? new Map<string, number>()).keys()];
    assert.equal(targets.length, CONTEXT_LIMITS.transitionTargets);
    assert.ok(targets.includes(itemId('t0')) && !targets.includes(itemId('t1')));
    let context = contextAfter(stepOf(['a'], 0), stepOf(['b'], 1));
    for (let n = 0; n <= CONTEXT_LIMITS.transitionSources; n++)
      context = fold(context, stepOf([`x${n}`], 1000 * n));
    assert.equal(context.transitions.has(a), false);
    assert.equal(context.transitions.size, CONTEXT_LIMITS.transitionSources);
  });
});
