import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { encodeContext } from '../../../../src/context/codec.js';
import type { ActivityBatch } from '../../../../src/domain/activity.js';
import type { Policy } from '../../../../src/domain/engine-port.js';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { deviceId, itemId, pseudonym, spaceId } from '../../../../src/domain/ids.js';
import type { UserStore } from '../../../../src/domain/store-port.js';
import { policyNamed } from '../../../../src/predictor/policies/named.js';
import { ContextCache } from '../../../../src/session/space/context-cache.js';
import { Engine } from '../../../../src/session/space/engine.js';
import { SpaceNode } from '../../../../src/session/space/space-node.js';
import { openMemory } from '../../../../src/store/memory.js';
import { storeLimits } from '../../../../src/store/options.js';
import { contextAfter, stepOf } from '../../../support/contexts.js';
import { connected, TestDevice } from '../../../support/space.js';
import { History } from '../../../support/statistics.js';

const space = spaceId('s');
const user = pseudonym('u');
const laptop = deviceId('laptop');
const phone = deviceId('phone');
const clock = { now: () => 10_000 };

const batch = (sequence: number, ...items: string[]): ActivityBatch => ({
  space,
  sequence,
  activities: items.map((item, n) => ({
    type: 'viewed',
    item: itemId(item),
    timeMs: (sequence * 10 + n) * 1000,
    locationCell: null,
  })),
});

async function open(
  more: { policy?: Policy; users?: (real: UserStore) => UserStore } = {},
): Promise<{ node: SpaceNode; another: SpaceNode; users: UserStore; faults: unknown[]; history: History }> {
  const store = openMemory(storeLimits({}), { clock, randomBytes });
  await store.spaces.ensure(space, 1);
  const users = more.users?.(store.users) ?? store.users;
  const faults: unknown[] = [];
  const history = new History().change('a', 0).change('b', 0).change('c', 0);
  const nodeOf = (): SpaceNode => {
    const { statistics } = history;
    const policy = more.policy ?? policyNamed('recent', statistics);
    const push = { ratio: 1, startBytes: 1e6, threshold: 0.1, metadataThreshold: null };
    const engine = new Engine({ space, statistics, policy, push });
    const devices = connected(new TestDevice('u', 'laptop'), new TestDevice('u', 'phone'));
    return new SpaceNode({
      space,
      engine,
      users,
      devices,
      clock,
      onPlanFault: (error) => faults.push(error),
    });
  };
  return { node: nodeOf(), another: nodeOf(), users, faults, history };
}

describe('SpaceNode', () => {
  it('folds a batch into the context, makes it durable and plans for every device', async () => {
    const { node, users } = await open();
    const result = await node.applyBatch(user, laptop, batch(1, 'a', 'b', 'c'));
    assert.equal(result.kind, 'applied');
    assert.deepEqual(
      result.plans.map(({ device, pushes }) => [device, pushes.map(({ scored }) => scored.item)]),
      [
        ['laptop', ['b', 'a']],
        ['phone', ['c', 'b', 'a']],
      ],
    );
    const expected = contextAfter(stepOf(['a'], 10_000), stepOf(['b'], 11_000), stepOf(['c'], 12_000));
    assert.deepEqual(await node.of(user), expected);
    const stored = await users.context(user, space);
    assert.deepEqual([stored.version, stored.bytes], [1, encodeContext(expected)]);
    assert.match(await node.userContext(user), /"lastViewed":\[\{"item":"c"/);
  });

  it('applies a batch once however often it comes, and refuses one too early', async () => {
    const { node } = await open();
    await node.applyBatch(user, laptop, batch(1, 'a'));
    const before = await node.of(user);
    assert.deepEqual(await node.applyBatch(user, laptop, batch(1, 'a')), {
      kind: 'duplicate',
      durability: 'local',
    });
    assert.deepEqual(await node.applyBatch(user, laptop, batch(3, 'a')), { kind: 'gap', expected: 2 });
    assert.deepEqual(await node.of(user), before);
  });

  it('folds again what two devices or two nodes report at the same time: nothing is lost', async () => {
    const { node, another } = await open();
    const batches = Array.from({ length: 20 }, (_, n) => batch(n + 1, 'a', 'b'));
    const report = async (on: SpaceNode, device: typeof laptop): Promise<void> => {
      for (const one of batches) assert.equal((await on.applyBatch(user, device, one)).kind, 'applied');
    };
    await Promise.all([report(node, laptop), report(another, phone)]);
    node.forget(user);
    assert.equal((await node.of(user)).steps, 80);
  });

  it('gives up, safe to try again, if the context changes each time', async () => {
    const stale = (real: UserStore): UserStore => ({
      ...real,
      context: (...args) => real.context(...args),
      apply: () => Promise.resolve({ kind: 'stale' }),
    });
    const { node } = await open({ users: stale });
    await assert.rejects(
      node.applyBatch(user, laptop, batch(1, 'a')),
      (error) => error instanceof ForesyncError && error.code === 'STORE_UNAVAILABLE',
    );
  });

  it('acknowledges a durable batch that cannot be planned for, and tells of the fault', async () => {
    const broken: Policy = {
      name: 'broken',
      payment: 'price',
      plans: 'all',
      score: () => Promise.reject(new Error('no score')),
      explain: () => [],
    };
    const { node, faults } = await open({ policy: broken });
    const result = await node.applyBatch(user, laptop, batch(1, 'a', 'b'));
    assert.deepEqual([result.kind, faults.map(String)], ['applied', ['Error: no score']]);
    assert.deepEqual(result.kind === 'applied' ? result.plans : null, []);
    await node.idle();
  });

  it('notes a change and plans it for those who opened the item; while one plan waits for scores the next is made', async () => {
    let running = 0;
    let most = 0;
    const slow: Policy = {
      name: 'slow',
      payment: 'price',
      plans: 'all',
      score: async ({ items }) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return new Float64Array(items.length).fill(1);
      },
      explain: () => [],
    };
    const { node, history } = await open({ policy: slow });
    await node.applyBatch(user, laptop, batch(1, 'a', 'b'));
    const head = history.change('a', 5000).statistics.head(itemId('a'));
    assert.ok(head);
    const change = { space, epoch: 'e', head, previousHash: null, writer: null, audience: [] };
    const [plans] = await Promise.all([
      node.onChange(change),
      node.applyBatch(user, laptop, batch(2, 'c')),
      node.onChange(change),
    ]);
    assert.deepEqual(
      plans.map(({ device }) => device),
      ['laptop', 'phone'],
    );
    assert.ok(most > 1, `${most} at a time`);
    await node.idle();
    assert.equal(running, 0);
  });
});

describe('ContextCache', () => {
  it('forgets the longest unused', () => {
    const cache = new ContextCache(2);
    const context = { version: 1, context: contextAfter() };
    for (const name of ['x', 'y']) cache.put(pseudonym(name), context);
    cache.get(pseudonym('x'));
    cache.put(pseudonym('z'), context);
    assert.deepEqual(
      ['x', 'y', 'z'].map((name) => cache.get(pseudonym(name)) !== undefined),
      [true, false, true],
    );
  });
});
