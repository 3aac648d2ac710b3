import assert from 'node:assert/strict';
import type { Step } from '../../../../src/domain/activity.js';
import { EMPTY_CONTEXT, type UserContext } from '../../../../src/domain/context.js';
import type { PlanSeen, Policy } from '../../../../src/domain/engine-port.js';
import { itemId, pseudonym, spaceId } from '../../../../src/domain/ids.js';
import type { Change } from '../../../../src/domain/item.js';
import type { DevicePlan } from '../../../../src/domain/plan.js';
import { fold } from '../../../../src/context/reducer.js';
import { policyNamed } from '../../../../src/predictor/policies/named.js';
import { Engine } from '../../../../src/session/space/engine.js';
import type { PushTerms } from '../../../../src/session/space/push-terms.js';
import { stepOf } from '../../../support/contexts.js';
import { connected, TestDevice } from '../../../support/space.js';
import { History } from '../../../support/statistics.js';

const THRESHOLD: PushTerms = { ratio: 1, startBytes: 1e6, threshold: 0.2, metadataThreshold: null };

class Space {
  readonly history = new History();
  readonly seen: PlanSeen[] = [];
  readonly engine: Engine;
  readonly #contexts = new Map<string, UserContext>();
  #us = 0;

  constructor(policy: string | Policy, push: PushTerms = THRESHOLD) {
    const { statistics } = this.history;
    this.engine = new Engine({
      space: spaceId('s'),
      statistics,
      policy: typeof policy === 'string' ? policyNamed(policy, statistics) : policy,
      push,
      observer: { onPlan: (seen) => this.seen.push(seen) },
      stopwatchUs: () => (this.#us += 10),
    });
  }

  /** The steps of one batch of a device; items that do not exist are put before. */
  report(devices: readonly TestDevice[], ...steps: readonly Step[]): Promise<readonly DevicePlan[]> {
    const contexts = [this.#contexts.get(steps[0]?.user ?? '') ?? EMPTY_CONTEXT];
    for (const step of steps) {
      for (const { item } of step.items)
        if (this.history.statistics.head(item) === undefined) this.history.change(item, step.timeMs);
      contexts.push(fold(contexts.at(-1) ?? EMPTY_CONTEXT, step));
    }
    this.#contexts.set(steps[0]?.user ?? '', contexts.at(-1) ?? EMPTY_CONTEXT);
    return this.engine.onSteps(steps, contexts, connected(...devices), steps.at(-1)?.timeMs ?? 0);
  }

  /** The item changes and holders are planned for. */
  change(
    item: string,
    devices: readonly TestDevice[],
    more: Partial<Pick<Change, 'writer' | 'audience'>> = {},
  ): Promise<readonly DevicePlan[]> {
    this.history.change(item, 9000, {}, more.writer ?? null);
    const head = this.history.statistics.head(itemId(item));
    assert.ok(head);
    const change = {
      space: spaceId('s'),
      epoch: 'e',
      head,
      previousHash: null,
      writer: null,
      audience: [],
      ...more,
    };
    const contexts = { of: (user: string) => Promise.resolve(this.#contexts.get(user) ?? EMPTY_CONTEXT) };
    return this.engine.onChange(change, connected(...devices), contexts, 9000);
  }
}

const told = (plans: readonly DevicePlan[]): string[] =>
  plans.flatMap(({ user, device, pushes }) =>
    pushes.map(({ kind, scored }) => `${user} ${device} ${kind} ${scored.item}`),
  );

describe('Engine', () => {
  it('makes no plan before the second step of a user', async () => {
    const space = new Space('recent');
    const device = new TestDevice('u');
    assert.deepEqual(told(await space.report([device], stepOf(['a'], 1000))), []);
    assert.deepEqual(told(await space.report([device], stepOf(['b'], 2000))), ['u d content a']);
    assert.deepEqual(told(await space.report([device], stepOf([], 3000, { queryBuckets: [1] }))).length, 2);
  });

  it('learns all steps of a batch and plans once, after the last', async () => {
    const space = new Space('recent');
    await space.report([new TestDevice('u')], stepOf(['a'], 1000), stepOf(['b'], 2000), stepOf(['c'], 3000));
    assert.equal(space.seen.length, 1);
    assert.deepEqual(
      space.seen[0]?.pushable.map(({ item }) => item),
      ['b', 'a'],
    );
    assert.equal(await space.report([]).then((plans) => plans.length), 0);
  });

  it('plans nothing that the device holds, but what is old there', async () => {
    const space = new Space('recent');
    const device = new TestDevice('u');
    await space.report([device], stepOf(['a', 'b'], 1000));
    const held = space.history.statistics.head(itemId('a'))?.dataHash;
    assert.ok(held);
    device.held.set(itemId('a'), held);
    device.holdsOld(itemId('b'));
    assert.deepEqual(told(await space.report([device], stepOf(['c'], 2000))), ['u d content b']);
  });

  it('plans for the reporting device first, and the step itself for the other devices', async () => {
    const space = new Space('recent');
    const phone = new TestDevice('u', 'phone');
    const devices = [phone, new TestDevice('u', 'd'), new TestDevice('other', 'x')];
    await space.report(devices, stepOf(['a'], 1000));
    assert.deepEqual(told(await space.report(devices, stepOf(['b'], 2000))), [
      'u d content a',
      'u phone content b',
      'u phone content a',
    ]);
  });

  it('plans a change for those who opened it, latest first, not for its writer', async () => {
    const space = new Space('recent');
    const devices = ['u', 'v', 'w'].map((user) => new TestDevice(user));
    for (const [n, user] of ['u', 'v', 'w'].entries())
      await space.report([], stepOf(['a'], 1000 * n, { user }));
    assert.deepEqual(told(await space.change('a', devices)), [
      'w d content a',
      'v d content a',
      'u d content a',
    ]);
    assert.deepEqual(told(await space.change('a', devices, { writer: pseudonym('w') })), [
      'v d content a',
      'u d content a',
    ]);
    assert.ok(space.seen.every(({ kind, candidates }) => kind === 'holder' && candidates.length === 1));
  });

  it('plans a change for its audience alone if it has one', async () => {
    const space = new Space('mirror');
    await space.report([], stepOf(['a'], 1000));
    const devices = [new TestDevice('u'), new TestDevice('friend')];
    const audience = [pseudonym('friend'), pseudonym('nobody here')];
    assert.deepEqual(told(await space.change('a', devices, { audience })), ['friend d content a']);
  });

  it('plans nothing of a deleted item', async () => {
    const space = new Space('recent');
    const device = new TestDevice('u');
    await space.report([device], stepOf(['a'], 1000));
    const gone = { ...space.history.statistics.head(itemId('a')), dataHash: null } as Change['head']; // the head of a delete
    space.history.change('a', 9000, { dataHash: null });
    const change = {
      space: spaceId('s'),
      epoch: 'e',
      head: gone,
      previousHash: null,
      writer: null,
      audience: [],
    };
    const contexts = { of: () => Promise.resolve(EMPTY_CONTEXT) };
    assert.deepEqual(await space.engine.onChange(change, connected(device), contexts, 9000), []);
    assert.deepEqual(told(await space.report([device], stepOf(['b'], 9500))), []);
  });

  it('makes only the plans that a policy wants', async () => {
    for (const [policy, expected] of [
      ['none', 0],
      ['mirror', 1],
      ['recent', 2],
    ] as const) {
      const space = new Space(policy);
      const device = new TestDevice('u');
      await space.report([device], stepOf(['a'], 1000));
      await space.report([device], stepOf(['b'], 2000));
      await space.change('a', [device]);
      assert.equal(space.seen.length, expected, policy);
    }
  });

  it('earns by what is opened, spends by what is planned, and takes back what was not sent', async () => {
    const space = new Space('mirror', { ...THRESHOLD, startBytes: 0 });
    const device = new TestDevice('u');
    await space.report([device], stepOf(['a'], 1000));
    assert.deepEqual(told(await space.change('a', [device])), []);
    space.engine.opened(1024);
    assert.deepEqual(told(await space.change('a', [device])), ['u d content a']);
    assert.deepEqual(told(await space.change('a', [device])), []);
    space.engine.refund(1024);
    assert.deepEqual(told(await space.change('a', [device])), ['u d content a']);
  });

  it('tells metadata from its threshold on, unless the device knows it', async () => {
    const space = new Space('recent', { ...THRESHOLD, threshold: 0.9, metadataThreshold: 0.2 });
    const device = new TestDevice('u');
    await space.report([device], stepOf(['a'], 1000));
    assert.deepEqual(told(await space.report([device], stepOf(['b'], 2000))), ['u d metadata a']);
    const known = space.history.statistics.head(itemId('a'))?.dataHash ?? '';
    device.known.add(`a ${known}`);
    assert.deepEqual(told(await space.report([device], stepOf(['b'], 3000))), []);
  });

  it('gives reasons, and takes nonsense scores for nothing', async () => {
    const nonsense: Policy = {
      name: 'nonsense',
      payment: 'price',
      plans: 'all',
      score: () => Promise.resolve(Float64Array.of(NaN, -1, Infinity)),
      explain: () => [{ code: 'X', text: 'x', weight: 1 }],
      choose: () => ['a', 'b', 'c'].map(itemId),
    };
    const space = new Space(nonsense, { ...THRESHOLD, threshold: 0 });
    space.history.change('b', 0).change('c', 0);
    const device = new TestDevice('u');
    await space.report([device], stepOf(['a'], 1000));
    const plans = await space.report([device], stepOf(['x'], 2000));
    assert.deepEqual(
      plans[0]?.pushes.map(({ scored, reasons }) => [scored.item, scored.score, reasons.length]),
      [
        ['a', 0, 1],
        ['b', 0, 1],
        ['c', 0, 1],
      ],
    );
    assert.ok((space.seen[0]?.tookUs ?? 0) > 0);
  });
});
