import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeviceRanker } from '../../ranking/device-ranker.js';
import { FEATURE_SPEC, SHIPPED_MODEL } from '../../src/app/model.js';
import { dataHash, itemId, spaceId } from '../../src/domain/ids.js';
import { loadModel } from '../../src/predictor/model/load.js';
import { BrowserWorld } from '../support/browser/browser-world.js';
import type { RankedItem, Viewed } from '../support/browser/harness-api.js';
import type { Tab } from '../support/browser/tab.js';
import { until } from '../support/until.js';

const ITEMS = ['docs/plan.md', 'docs/notes.md', 'src/app.ts', 'src/app.test.ts', 'readme.md'];

/** Real headless Chromium off line, with the model of the server. */
describe('a page that ranks what it holds', function () {
  this.timeout(180_000);
  let world: BrowserWorld | undefined;
  let nowMs = 0;
  let views: readonly Viewed[] = [];

  before(async () => {
    world = await BrowserWorld.start();
    nowMs = Date.now() + 60_000;
    const back = [
      'docs/plan.md',
      'src/app.ts',
      'src/app.test.ts',
      'src/app.ts',
      'src/app.test.ts',
      'src/app.ts',
    ];
    views = back.map((item, place) => ({ item, timeMs: nowMs - 60_000 + place * 5000 }));
  });
  afterEach(async () => {
    await world?.forget();
    await until(() => started().sessions === 0, 'every session is over');
  });
  after(() => world?.stop());

  it('scores off line as Node does, and a reload keeps what was learned', async () => {
    const tab = await filled('reloads');
    await offline(async () => {
      await reloaded(tab);
      await tab.connect(alone());
      assert.equal((await tab.open('readme.md')).source, 'buffer');
      await tab.call('report', views);
      const ranked = await ranking(tab);
      assert.deepEqual(ranked.map(({ item }) => item).sort(), [...ITEMS].sort());
      assert.match(ranked[0]?.item ?? '', /^src\/app/);
      assert.ok((ranked[0]?.reasons.length ?? 0) > 0);
      sameAs(ranked, await scoresInNode(tab));
      await reloaded(tab);
      await tab.connect(alone());
      assert.deepEqual(await ranking(tab), ranked);
    });
  });

  it('does so in a worker, and for the tabs that have it do their work', async () => {
    const tab = await filled('works');
    await offline(async () => {
      await reloaded(tab);
      await tab.callWorker('connect', alone());
      await tab.callWorker('report', views);
      const ranked = await tab.callWorker('rank');
      assert.ok(Array.isArray(ranked) && ranked.length === ITEMS.length, JSON.stringify(ranked));
      await tab.connect({ ...alone(), model: '/nowhere/' });
      assert.deepEqual(await ranking(tab), ranked, 'the worker leads, and ranks for the page');
      sameAs(await ranking(tab), await scoresInNode(tab));
    });
  });

  it('goes on with a buffer of before it could rank', async () => {
    const tab = await filled('upgrades', '/model/', async ({ page }) => {
      await page.evaluate(`new Promise((resolve, reject) => {
        const opening = indexedDB.open('foresync', 1);
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => resolve(opening.result.close());
        opening.onupgradeneeded = () => {
          opening.result.createObjectStore('contents');
          for (const log of ['records', 'outbox']) opening.result.createObjectStore(log, { autoIncrement: true });
        };
      })`);
    });
    await tab.call('view', 'readme.md');
    assert.equal((await ranking(tab)).length, ITEMS.length);
  });

  it('says what is wrong with the model, and does everything else', async () => {
    const tab = await filled('lacks', '/nowhere/');
    assert.equal(
      await tab.call('rank'),
      '[MODEL_INVALID] manifest.json: expected a file that can be read, found 404 Not Found',
    );
    assert.equal((await tab.open('readme.md')).source, 'buffer');
    await tab.call('view', 'readme.md');
    const swapped = await filled('swapped', '/model/', async ({ page }) => {
      const score = await readFile(join(SHIPPED_MODEL, 'score.onnx'));
      await page.route('**/model/score.onnx', (route) => route.fulfill({ body: score.subarray(1) }));
    });
    assert.match(
      await problemOf(swapped),
      /^\[MODEL_INVALID\] score\.onnx sha256: expected [0-9a-f]{64}, found [0-9a-f]{64}$/,
    );
    await swapped.page.unrouteAll();
    const older = await filled('older', '/model/', async ({ page }) => {
      const manifest = await readFile(join(SHIPPED_MODEL, 'manifest.json'), 'utf8');
      await page.route('**/model/manifest.json', (route) =>
        route.fulfill({ body: manifest.replace(FEATURE_SPEC, 'beef') }),
      );
    });
    assert.equal(
      await problemOf(older),
      `[MODEL_INVALID] manifest.json feature_spec: expected ${FEATURE_SPEC}, found beef`,
    );
    await older.page.unrouteAll();
    assert.equal((await ranking(older)).length, ITEMS.length, 'it is tried again');
    const plain = await filled('plain', null);
    assert.match(await problemOf(plain), /^\[RANKING_ABSENT\]/);
  });

  function started(): BrowserWorld {
    assert.ok(world !== undefined);
    return world;
  }

  /** A tab of a new device that holds every item. */
  async function filled(
    device: string,
    model: string | null = '/model/',
    prepare: (tab: Tab) => Promise<void> = () => Promise.resolve(),
  ): Promise<Tab> {
    await started().forget();
    const tab = await started().tab();
    await prepare(tab);
    const token = await started().nodes.tokens.token({ user: device, device });
    const options = { endpoint: started().envoy.url, token, ...(model === null ? {} : { model }) };
    assert.equal(await tab.connect(options), 'live');
    for (const item of ITEMS) await tab.call('write', item, `${item} of ${device}`);
    return tab;
  }

  async function offline(play: () => Promise<void>): Promise<void> {
    await started().envoy.cut();
    try {
      await play();
    } finally {
      await started().envoy.resume(2);
    }
  }

  /** Off line from the start, and time stands still. */
  const alone = () => {
    const { url: endpoint } = started().envoy;
    return { endpoint, startOffline: true, model: '/model/', nowMs, token: 'any' };
  };

  async function reloaded(tab: Tab): Promise<void> {
    await tab.page.reload();
    await tab.page.waitForFunction('globalThis.harness !== undefined');
  }

  async function ranking(tab: Tab): Promise<readonly RankedItem[]> {
    const ranked = await tab.call('rank');
    assert.ok(typeof ranked !== 'string', JSON.stringify(ranked));
    return ranked;
  }

  async function problemOf(tab: Tab): Promise<string> {
    const problem = await tab.call('rank');
    assert.ok(typeof problem === 'string', 'it ranked');
    return problem;
  }

  /** What a device in Node would say that holds the same and whose user did the same. */
  async function scoresInNode(tab: Tab): Promise<ReadonlyMap<string, number>> {
    const model = await loadModel(SHIPPED_MODEL, FEATURE_SPEC);
    const ranker = new DeviceRanker(spaceId('notes'), model);
    for (const item of ITEMS) {
      const checkpoint = await tab.call('checkpoint', item);
      assert.ok(checkpoint !== null, `${item} is held`);
      const { version, sizeBytes, timestampMs } = checkpoint;
      const hash = dataHash(checkpoint.dataHash);
      const head = {
        item: itemId(item),
        shard: 0,
        version,
        dataHash: hash,
        sizeBytes,
        timestampMs,
        edges: [],
      };
      // The page wrote them all.
      ranker.know(head, true);
    }
    const activities = views.map(({ item, timeMs }) => {
      return { type: 'viewed' as const, item: itemId(item), timeMs, locationCell: null };
    });
    await ranker.follow({ space: spaceId('notes'), sequence: 1, activities });
    const scores = await ranker.scores(ITEMS.map(itemId), nowMs);
    await model.close();
    return new Map(ITEMS.map((item, place) => [item, scores[place] ?? 0]));
  }

  function sameAs(ranked: readonly RankedItem[], expected: ReadonlyMap<string, number>): void {
    for (const { item, score } of ranked) {
      const wanted = expected.get(item) ?? 0;
      assert.ok(Math.abs(score - wanted) < 1e-6, `${item}: ${score} in the page, ${wanted} in Node`);
    }
  }
});
