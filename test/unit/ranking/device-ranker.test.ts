import assert from 'node:assert/strict';
import { DeviceRanker } from '../../../ranking/device-ranker.js';
import { FEATURE_SPEC, SHIPPED_MODEL } from '../../../src/app/model.js';
import { rankingNamed } from '../../../src/app/rankings.js';
import { stepsOf } from '../../../src/context/steps.js';
import { fold } from '../../../src/context/reducer.js';
import type { ActivityBatch } from '../../../src/domain/activity.js';
import { EMPTY_CONTEXT } from '../../../src/domain/context.js';
import type { ItemId } from '../../../src/domain/ids.js';
import { dataHash, deviceId, itemId, pseudonym, spaceId } from '../../../src/domain/ids.js';
import type { Head } from '../../../src/domain/item.js';
import type { Model } from '../../../src/domain/model-port.js';
import { LiveModel } from '../../../src/predictor/model/live-model.js';
import { loadModel } from '../../../src/predictor/model/load.js';
import { Statistics } from '../../../src/predictor/statistics.js';

const SPACE = spaceId('s');
const HOUR_MS = 3_600_000;
const START_MS = 1_700_000_000_000;

describe('DeviceRanker', () => {
  let model: Model;
  before(async () => {
    model = await loadModel(SHIPPED_MODEL, FEATURE_SPEC);
  });
  after(() => model.close());

  it('scores as a server whose space has this one user', async () => {
    const items = Array.from({ length: 300 }, (_, n) => itemId(`folder ${n % 7}/file ${n}`));
    const heads = items.map((item, n) => headOf(item, n));
    const batches = Array.from({ length: 40 }, (_, n) => batchOf(n, items));
    const nowMs = START_MS + 41 * HOUR_MS;
    const ranker = new DeviceRanker(SPACE, model);
    for (const head of heads) ranker.know(head, false);
    for (const batch of batches) await ranker.follow(batch);
    const found = await ranker.scores(items, nowMs);
    const expected = await scoresOfServer({ heads, batches, items, nowMs });
    assert.equal(found.length, items.length);
    assert.ok(new Set(found).size > 200, 'they differ');
    for (const [place, score] of Array.from(expected).entries())
      assert.ok(Math.abs(score - (found[place] ?? 0)) < 1e-6, `item ${place}: ${score} ${found[place] ?? 0}`);
  });

  it('answers the likeliest, likeliest first, with reasons', async () => {
    const ranker = new DeviceRanker(SPACE, model);
    const items = ['a.md', 'b.md', 'c.md', 'd.md'].map(itemId);
    for (const [n, item] of items.entries()) ranker.know(headOf(item, n), false);
    for (let n = 0; n < 6; n++) await ranker.follow(viewed(n, n % 2 === 0 ? 'a.md' : 'b.md'));
    const best = await ranker.rank(items, START_MS + 6 * HOUR_MS, 2);
    const scores = await ranker.scores(items, START_MS + 6 * HOUR_MS);
    assert.deepEqual(
      best.map(({ score }) => score),
      [...scores].sort((a, b) => b - a).slice(0, 2),
    );
    const [first] = best.filter(({ item }) => item === 'a.md');
    assert.deepEqual(first?.reasons[0]?.code, 'YOUR_NEXT');
    assert.deepEqual(await ranker.rank([], START_MS, 5), []);
  });

  it('tells what others changed from what its user did', async () => {
    const reasonsFor = async (isOwn: boolean): Promise<readonly string[]> => {
      const ranker = new DeviceRanker(SPACE, model);
      await ranker.follow(viewed(0, 'a.md'));
      ranker.know({ ...headOf(itemId('a.md'), 0), timestampMs: START_MS + HOUR_MS }, isOwn);
      const [ranked] = await ranker.rank([itemId('a.md')], START_MS + 2 * HOUR_MS, 1);
      return ranked?.reasons.map(({ code }) => code) ?? [];
    };
    assert.ok((await reasonsFor(false)).includes('CHANGED'));
    assert.ok(!(await reasonsFor(true)).includes('CHANGED'));
  });

  it('knows an item by the content that is held now, whatever its version', async () => {
    const ranker = new DeviceRanker(SPACE, model);
    const head = headOf(itemId('a.md'), 5);
    const scoreOf = async (): Promise<number> => (await ranker.scores([head.item], START_MS))[0] ?? 0;
    ranker.know(head, false);
    const before = await scoreOf();
    ranker.know({ ...head, version: 0, dataHash: dataHash('f'.repeat(64)), sizeBytes: 5_000_000 }, false);
    assert.notEqual(await scoreOf(), before);
  });

  it('leaves the thread to others now and then', async () => {
    const ranker = new DeviceRanker(SPACE, model);
    const items = Array.from({ length: 600 }, (_, n) => itemId(`file ${n}`));
    let turns = 0;
    const other = setInterval(() => turns++);
    const turnsIn = async (work: Promise<unknown>): Promise<number> => {
      const before = turns;
      await work;
      return turns - before;
    };
    const learned = async (): Promise<void> => {
      for (let n = 0; n < 100; n++) await ranker.follow(batchOf(n, items));
    };
    try {
      assert.ok((await turnsIn(learned())) > 1, 'while it learns');
      assert.ok((await turnsIn(ranker.scores(items, START_MS))) > 0, 'while it scores');
    } finally {
      clearInterval(other);
    }
  });

  it('lets its caller hear of a model that fails', async () => {
    const failing: Model = {
      ...model,
      id: model.id,
      sizes: model.sizes,
      score: () => Promise.reject(new Error('out of order')),
    };
    const ranker = new DeviceRanker(SPACE, failing);
    await assert.rejects(ranker.rank([itemId('a.md')], START_MS, 1), /out of order/);
  });

  /** The same by the server's own parts, with a layer that has learned nothing. */
  async function scoresOfServer(world: {
    readonly heads: readonly Head[];
    readonly batches: readonly ActivityBatch[];
    readonly items: readonly ItemId[];
    readonly nowMs: number;
  }): Promise<ArrayLike<number>> {
    const [user, device] = [pseudonym('somebody'), deviceId('laptop')];
    const statistics = new Statistics({ candidateLimit: 140 });
    const onLost = (error: unknown): never => {
      throw error;
    };
    const users = {
      recurrent: () => Promise.resolve({ version: 0, bytes: new Uint8Array() }),
      saveRecurrent: () => Promise.resolve(true),
    };
    const policy = rankingNamed('model-bare', { model: new LiveModel(model), users, onLost })(
      SPACE,
      statistics,
    );
    for (const head of world.heads) {
      const change = { space: SPACE, epoch: 'e', head, previousHash: null, writer: null, audience: [] };
      statistics.changed(change);
    }
    let context = EMPTY_CONTEXT;
    for (const step of world.batches.flatMap((batch) => stepsOf(user, device, batch))) {
      policy.observe?.(step, context);
      statistics.learn(step, context);
      context = fold(context, step);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { items, nowMs } = world;
    return policy.score({ kind: 'user', space: SPACE, user, device, context, items, nowMs });
  }
});

function headOf(item: ItemId, n: number): Head {
  return {
    item,
    shard: 0,
    version: n + 1,
    dataHash: dataHash(n.toString(16).padStart(64, '0')),
    sizeBytes: 100 * n,
    timestampMs: START_MS - n * HOUR_MS,
    edges: n % 5 === 0 ? [{ item: itemId(`folder 1/file ${n + 1}`), kind: 'link' }] : [],
  };
}

/** What somebody does in an hour: a few files, now and then an edit or a search. */
function batchOf(n: number, items: readonly ItemId[]): ActivityBatch {
  const timeMs = START_MS + n * HOUR_MS;
  const used = [n, n * 3, (n % 6) * 2].map((place) => items[place % items.length] ?? itemId('none'));
  const common = { timeMs, locationCell: null };
  const opened = used.map((item, place) => ({
    type: place === 1 ? ('edited' as const) : ('viewed' as const),
    item,
    ...common,
    timeMs: timeMs + place * 1500,
  }));
  const searched = { type: 'searched' as const, queryBuckets: [n], ...common };
  return { space: SPACE, sequence: n + 1, activities: n % 4 === 0 ? [searched, ...opened] : opened };
}

function viewed(n: number, item: string): ActivityBatch {
  const timeMs = START_MS + n * HOUR_MS;
  return {
    space: SPACE,
    sequence: n + 1,
    activities: [{ type: 'viewed', item: itemId(item), timeMs, locationCell: null }],
  };
}
