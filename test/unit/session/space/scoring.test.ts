import assert from 'node:assert/strict';
import type { Policy } from '../../../../src/domain/engine-port.js';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { itemId, pseudonym, spaceId } from '../../../../src/domain/ids.js';
import type { DevicePlan } from '../../../../src/domain/plan.js';
import { seededRandom } from '../../../../src/util/seeded-random.js';
import { Hedge } from '../../../../src/session/space/hedge.js';
import { peekAt, scoresOf, unlessFailed } from '../../../../src/session/space/scoring.js';
import { Engine } from '../../../../src/session/space/engine.js';
import { stepOf } from '../../../support/contexts.js';
import { headOf, scoredOf } from '../../../support/plans.js';
import { connected, TestDevice } from '../../../support/space.js';
import { History } from '../../../support/statistics.js';

const ITEMS = ['a', 'b', 'c', 'd'];

/** Ranks by its model, while that answers. */
function modelPolicy(
  isUp: () => boolean,
  rivals: readonly Policy[],
  score: (item: string) => number,
): Policy {
  return {
    name: 'model',
    payment: 'price',
    plans: 'all',
    rivals,
    score: ({ items }) => {
      if (!isUp()) throw new ForesyncError('MODEL_FAILED', 'down', { facts: { reason: 'open' } });
      return Float64Array.from(items, score);
    },
    explain: () => [],
  };
}

class World {
  readonly history = new History();
  readonly missed: string[] = [];
  isUp = true;
  readonly engine: Engine;
  #timeMs = 0;

  constructor(isLoud = false) {
    for (const item of ITEMS) this.history.change(item, 0);
    const { statistics } = this.history;
    const hears = {
      onModelFailed: (error: ForesyncError) => this.missed.push(error.details.facts?.['reason'] ?? ''),
    };
    this.engine = new Engine({
      space: spaceId('s'),
      statistics,
      policy: modelPolicy(
        () => this.isUp,
        [],
        () => 0.9,
      ),
      push: { ratio: 1, startBytes: 1e9, threshold: 0.5, metadataThreshold: null },
      ...(isLoud ? {} : hears),
    });
  }

  /** The user opens an item on a device that holds nothing. */
  async open(item: string): Promise<readonly DevicePlan[]> {
    this.#timeMs += 60_000;
    const step = stepOf([item], this.#timeMs);
    const before = this.history.contextOf('u');
    const device = new TestDevice('u');
    // The history learns it too, which does no harm here.
    const contexts = [before, this.history.learn(step).contextOf('u')];
    return this.engine.onSteps([step], contexts, connected(device), this.#timeMs);
  }
}

const items = (plans: readonly DevicePlan[]): string[] =>
  plans.flatMap(({ pushes }) => pushes.map(({ scored }) => scored.item)).sort();

describe('scoring without the model', () => {
  it('pushes nothing while it fails, learns all the same, and goes on when it answers', async () => {
    const world = new World();
    await world.open('a');
    assert.deepEqual(items(await world.open('b')), ['a', 'c', 'd']);
    world.isUp = false;
    for (let round = 0; round < 3; round++) assert.deepEqual(items(await world.open('c')), []);
    assert.deepEqual(world.missed, ['open', 'open', 'open']);
    assert.deepEqual(world.history.statistics.holders(itemId('c'), null, 0), [pseudonym('u')]);
    world.isUp = true;
    assert.deepEqual(items(await world.open('d')), ['a', 'b', 'c']);
  });

  it('fails the plan where nobody hears of it', async () => {
    const world = new World(true);
    await world.open('a');
    world.isUp = false;
    await assert.rejects(world.open('b'), { code: 'MODEL_FAILED' });
  });

  it('goes on by a rival that rules', async () => {
    const missed: unknown[] = [];
    let isUp = true;
    const { worthless, hedge, work } = contest(() => isUp);
    const scorer = { policy: worthless, hedge, onModelFailed: (error: unknown) => missed.push(error) };
    await work();
    assert.equal(hedge.ruler.place, 1);
    const up = await scoresOf(scorer, question);
    isUp = false;
    const down = await scoresOf(scorer, question);
    assert.deepEqual([down.own, missed.length], [null, 1]);
    assert.deepEqual(down.ranks, up.ranks);
    assert.equal(await unlessFailed(scorer, () => Promise.resolve(5)), 5);
  });

  it('ranks by the scores as they are, and tells them corrected', async () => {
    const scores = Float64Array.of(0.4, 0.3, 0.2, 0.1);
    const policy: Policy = {
      ...modelPolicy(
        () => true,
        [],
        () => 0,
      ),
      score: () => scores,
      correct: (all) => all.map((score) => score / 2),
    };
    const scorer = { policy, hedge: null, onModelFailed: undefined };
    const half = scores.map((score) => score / 2);
    const { own, ranks } = await scoresOf(scorer, question);
    assert.deepEqual([own, ranks], [half, scores]);
    const peeked = await peekAt(scorer, question);
    assert.deepEqual([peeked.scores, peeked.ranks], [half, scores]);
  });

  it('ranks by what lasts, and tells the scores; without scores nothing lasts', async () => {
    const scores = Float64Array.of(0.5, 0.2, 0.1, 0);
    const lasting = Float64Array.of(0.5, 0.9, 0.1, 0);
    const policy: Policy = {
      ...modelPolicy(
        () => true,
        [],
        () => 0,
      ),
      score: () => scores,
      lasting: () => lasting,
    };
    const scorer = { policy, hedge: null, onModelFailed: () => undefined };
    const { own, ranks, needs } = await scoresOf(scorer, question);
    assert.deepEqual([own, ranks, needs], [scores, lasting, scores]);
    const peeked = await peekAt(scorer, question);
    assert.deepEqual([peeked.scores, peeked.ranks], [scores, lasting]);
    const down: Policy = {
      ...modelPolicy(
        () => false,
        [],
        () => 0,
      ),
      lasting: () => lasting,
    };
    assert.equal((await scoresOf({ ...scorer, policy: down }, question)).ranks, null);
  });

  it('ranks by what is foretold for the device, whoever rules, and tells what is foretold for the user', async () => {
    const { worthless, hedge, work } = contest(() => true);
    const policy: Policy = { ...worthless, deviceShare: () => 0.25 };
    const apart = { policy: worthless, hedge, onModelFailed: undefined };
    const split = { policy, hedge, onModelFailed: undefined };
    const quarter = (scores: Float64Array | null): Float64Array | undefined =>
      scores?.map((score) => score / 4);
    const own = await scoresOf(split, question);
    assert.deepEqual([own.own, own.ranks], [(await scoresOf(apart, question)).own, quarter(own.own)]);
    await work();
    assert.equal(hedge.ruler.place, 1);
    const ruled = await scoresOf(split, question);
    assert.deepEqual(ruled.ranks, quarter((await scoresOf(apart, question)).ranks));
    assert.deepEqual(ruled.own, own.own);
  });

  it('keeps to who ruled when the plan began', async () => {
    const { worthless, hedge, work } = contest(() => true);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const slow: Policy = {
      ...worthless,
      score: async (asked) => {
        await released;
        return worthless.score(asked);
      },
    };
    const begun = scoresOf({ policy: slow, hedge, onModelFailed: undefined }, question);
    await work();
    assert.equal(hedge.ruler.place, 1);
    release();
    const { ruler, ranks } = await begun;
    assert.deepEqual([ruler.place, ranks], [0, null]);
  });
});

const question = new History().question('u', ITEMS, 0);

/** A hedge between a policy that foresees nothing and a rival that foresees all, and enough work to tell. */
function contest(isUp: () => boolean): {
  readonly worthless: Policy;
  readonly hedge: Hedge;
  readonly work: () => Promise<void>;
} {
  let next = '';
  const foresees: Policy = {
    ...modelPolicy(
      () => true,
      [],
      () => 0,
    ),
    score: ({ items: asked }) => Float64Array.from(asked, (item) => (item === next ? 0.8 : 0.01)),
  };
  const worthless = modelPolicy(isUp, [foresees], () => 0.01);
  const hedge = new Hedge(worthless, [foresees], { ratio: 1, startBytes: 100 }, seededRandom(1));
  const work = async (): Promise<void> => {
    for (let step = 1; step < 3000; step++) {
      // Everything is new at each step: only who foresees it has it ready.
      const dataHash = headOf(`v${step}`).dataHash;
      next = ITEMS[step % 4] ?? '';
      if (hedge.samples(question.user)) {
        const offers = ITEMS.map((item) => scoredOf(item, 0)).map((offer) => ({
          ...offer,
          bundle: offer.bundle.map((one) => ({ ...one, dataHash })),
        }));
        await hedge.plan(question, () => offers);
      }
      hedge.observe(stepOf([next], step), (item) => ({ item, dataHash, bytes: 10 }));
    }
  };
  return { worthless, hedge, work };
}
