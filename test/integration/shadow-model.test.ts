import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appWorld } from '../support/app-world.js';
import { writeModel } from '../support/model-folder.js';
import { putItems, Viewer } from '../support/viewer.js';

const ITEMS = Array.from({ length: 12 }, (_, place) => `docs/${place}`);

describe('a shadow model behind a real server', function () {
  this.timeout(60_000);
  let folder = '';
  before(() => (folder = mkdtempSync(join(tmpdir(), 'foresync-shadow-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('is compared with the policy by real opens, and pushes nothing', async () => {
    const world = await appWorld({
      server: { metricsListen: '127.0.0.1:0' },
      // No score is that high: whatever is pushed would be pushed by the shadow.
      push: { policy: 'blend', mode: 'threshold', threshold: 1e9, shadowModel: writeModel(folder) },
    });
    await putItems(world, ITEMS);
    const viewer = await Viewer.open(world);
    const metric = async (line: string): Promise<number> => {
      const text = await (await fetch(`http://127.0.0.1:${world.app.metricsPort}/metrics`)).text();
      const found = text.split('\n').find((one) => one.startsWith(`${line} `));
      return Number(found?.slice(line.length + 1) ?? NaN);
    };
    // Everything is new again and again, or all of it would be ready: a sampled user has some 140 plans rehearsed.
    for (let round = 0; round < 345; round++) {
      if (round > 150) await putItems(world, ITEMS.slice(0, 4), ` ${round}`);
      await viewer.view(ITEMS[round % 4] ?? '');
    }
    const opens = await metric('foresync_shadow_opens_total');
    assert.ok(opens > 0, `${opens}`);
    for (const of of ['policy', 'shadow']) {
      const hits = await metric(`foresync_shadow_hits_total{of="${of}"}`);
      assert.ok(hits >= 0 && hits <= opens, `${of}: ${hits} of ${opens}`);
    }
    assert.equal(await metric('foresync_shadow_failures_total'), 0);
    assert.deepEqual(viewer.pushed(), []);
    await viewer.leave();
    await world.app.reloadModel();
    await world.stop();
  });

  it('is refused at the start if it cannot be loaded', async () => {
    const shadowModel = join(folder, 'absent');
    await assert.rejects(appWorld({ push: { shadowModel } }), /\[MODEL_INVALID\] .*manifest\.json/);
  });
});
