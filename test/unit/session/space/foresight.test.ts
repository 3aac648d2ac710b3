import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { rankingNamed } from '../../../../src/app/rankings.js';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { deviceId, itemId, pseudonym, spaceId } from '../../../../src/domain/ids.js';
import type { DevicePlan } from '../../../../src/domain/plan.js';
import { LiveModel } from '../../../../src/predictor/model/live-model.js';
import { Engine } from '../../../../src/session/space/engine.js';
import { SpaceNode } from '../../../../src/session/space/space-node.js';
import { openMemory } from '../../../../src/store/memory.js';
import { storeLimits } from '../../../../src/store/options.js';
import { FakeModel } from '../../../support/fake-model.js';
import { connected, TestDevice } from '../../../support/space.js';
import { History } from '../../../support/statistics.js';

const space = spaceId('s');
const USERS = ['u', 'v'];
const ITEMS = ['a', 'b', 'c', 'd', 'e'];

/** One user's step, and what a backend asks after it. */
const happening = fc.record({
  user: fc.constantFrom(...USERS),
  item: fc.constantFrom(...ITEMS),
  asks: fc.array(fc.record({ user: fc.constantFrom(...USERS), item: fc.constantFrom(...ITEMS) }), {
    maxLength: 3,
  }),
});

class World {
  readonly history = new History();
  readonly plans: (readonly DevicePlan[])[] = [];
  readonly #sequences = new Map<string, number>();
  readonly #node: SpaceNode;
  #nowMs = 1_000_000;

  private constructor(policy: string, users: ReturnType<typeof openMemory>['users']) {
    for (const item of ITEMS) this.history.change(item, 0);
    const { statistics } = this.history;
    const onLost = (error: unknown): never => {
      throw ForesyncError.from(error);
    };
    const model = new LiveModel(new FakeModel('00'.repeat(32)));
    const ranking = rankingNamed(policy, { model, users, onLost })(space, statistics);
    const push = { ratio: 1, startBytes: 4096, threshold: null, metadataThreshold: 0.001 };
    const engine = new Engine({ space, statistics, policy: ranking, push });
    const clock = { now: () => this.#nowMs };
    const devices = connected(...USERS.map((user) => new TestDevice(user)));
    this.#node = new SpaceNode({ space, engine, users, devices, clock, onPlanFault: onLost });
  }

  static async of(policy: string): Promise<World> {
    const store = openMemory(storeLimits({}), { clock: { now: () => 0 }, randomBytes });
    await store.spaces.ensure(space, 1);
    return new World(policy, store.users);
  }

  async step(user: string, item: string): Promise<void> {
    this.#nowMs += 60_000;
    const sequence = (this.#sequences.get(user) ?? 0) + 1;
    this.#sequences.set(user, sequence);
    const activities = [
      { type: 'viewed' as const, item: itemId(item), timeMs: this.#nowMs, locationCell: null },
    ];
    const batch = { space, sequence, activities };
    const result = await this.#node.applyBatch(pseudonym(user), deviceId('d'), batch);
    assert.equal(result.kind, 'applied');
    this.plans.push(result.plans);
    this.#node.opened(512);
  }

  async ask(user: string, item: string): Promise<void> {
    const predicted = await this.#node.predict(pseudonym(user), 3);
    assert.ok(predicted.length <= 3);
    assert.ok((await this.#node.explain(pseudonym(user), itemId(item))) !== null);
  }

  explain(user: string, item: string) {
    return this.#node.explain(pseudonym(user), itemId(item));
  }

  predict(user: string, k: number) {
    return this.#node.predict(pseudonym(user), k);
  }
}

describe('foresight', () => {
  for (const policy of ['blend', 'model', 'layer']) {
    it(`changes nothing: with policy ${policy} the plans are the same whoever asks in between`, async function () {
      this.timeout(60_000);
      await fc.assert(
        fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 40 }), async (happenings) => {
          const [asked, silent] = [await World.of(policy), await World.of(policy)];
          for (const { user, item, asks } of happenings) {
            await asked.step(user, item);
            await silent.step(user, item);
            for (const ask of asks) await asked.ask(ask.user, ask.item);
          }
          assert.deepEqual(asked.plans, silent.plans);
          assert.deepEqual(asked.history.statistics.snapshot(), silent.history.statistics.snapshot());
          const [one, other] = [await asked.predict('u', 5), await silent.predict('u', 5)];
          assert.deepEqual(one, other);
        }),
        { numRuns: 30 },
      );
    });
  }

  it('makes plans in that property, so that it says something', async () => {
    const world = await World.of('layer');
    for (let round = 0; round < 10; round++) for (const item of ITEMS) await world.step('u', item);
    assert.ok(world.plans.flat().some(({ pushes }) => pushes.length > 0));
  });

  it('predicts nothing before the first step, and explains no item that is not there', async () => {
    const world = await World.of('blend');
    assert.deepEqual(await world.predict('u', 3), []);
    assert.equal(await world.explain('u', 'unknown'), null);
    await world.step('u', 'a');
    assert.ok((await world.predict('u', 3)).length > 0);
  });

  it('explains with the features of the item, whatever the user', async () => {
    const world = await World.of('blend');
    await world.step('u', 'a');
    const own = await world.explain('u', 'a');
    const others = await world.explain('v', 'a');
    assert.deepEqual([own?.features.get('used'), others?.features.get('used')], [1, 0]);
  });
});
