import assert from 'node:assert/strict';
import type { Policy } from '../../../../src/domain/engine-port.js';
import { itemId, pseudonym, type ItemId } from '../../../../src/domain/ids.js';
import type { Change } from '../../../../src/domain/item.js';
import type { ItemState } from '../../../../src/planner/shadow.js';
import { Hedge, SHADOW_ITEMS, SHADOW_SHARE, SHADOW_USERS } from '../../../../src/session/space/hedge.js';
import { stepOf } from '../../../support/contexts.js';
import { headOf, scoredOf } from '../../../support/plans.js';
import { seededRandom } from '../../../../src/util/seeded-random.js';
import { History } from '../../../support/statistics.js';

const U = pseudonym('u');

const ITEMS = Array.from({ length: 20 }, (_, place) => `i${place}`);

const stateOf = (item: ItemId): ItemState => ({ item, dataHash: headOf(item).dataHash, bytes: 10 });

/** A policy that gives `score` to what it is told will come, and `rest` to all else. */
function policyOf(name: string, foresees: () => string, score = 0.8, rest = 0.01): Policy {
  return {
    name,
    payment: 'price',
    plans: 'all',
    score: ({ items }) => Float64Array.from(items, (item) => (item === foresees() ? score : rest)),
    explain: () => [],
  };
}

/** Two policies in a space in which everyone opens a new item at every step. */
class Space {
  readonly hedge: Hedge;
  next = 'i0';
  #step = 0;

  constructor(foresees: readonly [boolean, boolean]) {
    const policies = foresees.map((knows, place) =>
      policyOf(`p${place}`, () => (knows ? this.next : 'i-none'), place === 0 ? 0.4 : 4),
    );
    const [own = policyOf('', () => ''), ...rivals] = policies;
    this.hedge = new Hedge(own, rivals, { ratio: 1, startBytes: 100 }, seededRandom(1));
  }

  async work(steps: number): Promise<this> {
    for (let step = 0; step < steps; step++) {
      this.#step += 1;
      const version = `v${this.#step}`;
      this.next = ITEMS[this.#step % ITEMS.length] ?? '';
      const hash = headOf(version).dataHash;
      if (this.hedge.samples(U)) {
        const offers = ITEMS.map((item) => {
          const offer = scoredOf(item, 0);
          return { ...offer, bundle: offer.bundle.map((one) => ({ ...one, dataHash: hash })) };
        });
        await this.hedge.plan(new History().question('u', ITEMS, this.#step), () => offers);
      }
      const opened = stepOf([this.next], this.#step);
      this.hedge.observe(opened, (item) => ({ item, dataHash: hash, bytes: 10 }));
    }
    return this;
  }
}

describe('Hedge', () => {
  it('lets the policy rule while it is as good as its rivals', async () => {
    const { hedge } = await new Space([true, true]).work(3000);
    assert.deepEqual([hedge.ruler.place, hedge.ruler.policy.name], [0, 'p0']);
  });

  it('lets a rival rule that foresees what the policy does not', async () => {
    const space = await new Space([false, true]).work(3000);
    const { ruler } = space.hedge;
    assert.deepEqual([ruler.place, ruler.policy.name], [1, 'p1']);
    assert.ok(Number.isFinite(space.hedge.threshold(ruler)));
  });

  it('has the policy plan for its shadow by what it calls lasting, as for real devices', async () => {
    const compared: (readonly number[])[] = [];
    const own: Policy = {
      ...policyOf('own', () => 'i0'),
      lasting: ({ items }) => Float64Array.from(items, (item) => (item === 'i1' ? 0.8 : 0.01)),
    };
    const budget = { ratio: 1, startBytes: 100 };
    const rival = policyOf('rival', () => 'i0');
    const hedge = new Hedge(own, [rival], budget, seededRandom(1), (ready) => compared.push(ready));
    const question = new History().question('u', ITEMS, 0);
    for (let step = 0; step < 80; step++) {
      hedge.observe(stepOf(['z'], step), stateOf);
      if (hedge.samples(U)) await hedge.plan(question, () => ITEMS.map((item) => scoredOf(item, 0)));
    }
    hedge.observe(stepOf(['i1'], 80), stateOf);
    assert.deepEqual(compared.at(-1), [1, 0]);
    hedge.observe(stepOf(['i0'], 81), stateOf);
    assert.deepEqual(compared.at(-1), [0, 1]);
  });

  it('gives shadow plans to no more than their share of all plans', () => {
    const { hedge } = new Space([true, true]);
    let sampled = 0;
    for (let plan = 0; plan < 4000; plan++) {
      const user = pseudonym(`u${plan % 40}`);
      if (hedge.samples(user)) sampled += 1;
      hedge.observe(stepOf(['a'], plan, { user }), stateOf);
    }
    assert.ok(sampled > 0 && sampled <= 4000 * SHADOW_SHARE.share + SHADOW_SHARE.owed + 1, `${sampled}`);
  });

  it('keeps shadow devices of a bounded number of users', () => {
    const { hedge } = new Space([true, true]);
    for (let user = 0; user < 5000; user++) {
      hedge.samples(pseudonym('nobody'));
      hedge.observe(stepOf(['a'], user, { user: `u${user}` }), stateOf);
    }
    let sampled = 0;
    for (let user = 0; user < 5000; user++) if (hedge.samples(pseudonym(`u${user}`))) sampled += 1;
    assert.ok(sampled <= SHADOW_USERS && sampled > 0, `${sampled}`);
  });

  it('lets go of who was silent for longest where devices keep more than there is room for, and takes nobody in', () => {
    const { hedge } = new Space([true, true]);
    const each = 2000;
    for (let user = 0; user < SHADOW_USERS; user++) {
      for (let plan = 0; plan < 300; plan++) hedge.samples(pseudonym('nobody'));
      for (let step = 0; step < each / 100; step++) {
        const items = Array.from({ length: 100 }, (_, place) => `i${step}.${place}`);
        hedge.observe(stepOf(items, step, { user: `u${user}` }), stateOf);
      }
    }
    const followed = Array.from({ length: SHADOW_USERS }, (_, user) => user).filter((user) => {
      return hedge.samples(pseudonym(`u${user}`));
    });
    const room = Math.floor(SHADOW_ITEMS / each);
    assert.ok(
      followed.length <= room && followed.length >= 0.8 * room,
      `${followed.length} users of ${room}`,
    );
  });

  it('offers to each shadow what its own device lacks', async () => {
    const [own, rival] = [policyOf('own', () => 'i0'), policyOf('rival', () => 'i1')];
    const hedge = new Hedge(own, [rival], { ratio: 1, startBytes: 100 }, seededRandom(1));
    const question = new History().question('u', ITEMS, 0);
    let missing: readonly (readonly string[])[] = [];
    for (let step = 0; step < 200; step++) {
      hedge.samples(U);
      hedge.observe(stepOf(['z'], step), stateOf);
      const asked: string[][] = [];
      await hedge.plan(question, (lacks) => {
        asked.push(ITEMS.filter((item) => !lacks(headOf(item))));
        return ITEMS.filter((item) => lacks(headOf(item))).map((item) => scoredOf(item, 0));
      });
      missing = asked;
    }
    assert.deepEqual(missing, [['i0'], ['i1']]);
  });

  it('takes a write for an open of what the device had before', () => {
    const { hedge } = new Space([true, true]);
    for (let plan = 0; plan < 400; plan++) hedge.samples(U);
    hedge.observe(stepOf(['a'], 1), stateOf);
    const change: Change = {
      space: stepOf([], 0).space,
      epoch: 'e',
      head: { ...headOf('a'), dataHash: headOf('newer').dataHash },
      previousHash: headOf('a').dataHash,
      writer: U,
      audience: [],
    };
    hedge.changed(change);
    hedge.observe(stepOf(['a'], 2, { kind: 'edited' }), () => undefined);
    hedge.observe(stepOf(['b'], 3, { kind: 'created' }), () => stateOf(itemId('b')));
    assert.equal(hedge.ruler.place, 0);
  });
});
