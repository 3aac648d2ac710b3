import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  FetchRequest,
  PredictionServiceDefinition,
  PredictRequest,
  SyncServiceDefinition,
} from '@foresync/protocol';
import { spaceId } from '../../src/domain/ids.js';
import { openStore } from '../../src/store/open.js';
import type { AppWorld } from '../support/app-world.js';
import { appWorld } from '../support/app-world.js';
import { all, Caller } from '../support/calls.js';
import { writeModel } from '../support/model-folder.js';
import { putItems, Viewer } from '../support/viewer.js';

const NOTES = spaceId('notes');
const ITEMS = Array.from({ length: 6 }, (_, place) => `docs/${place}`);
const MEMORY = 'policy';

describe('what the on-line layer learned', function () {
  this.timeout(30_000);
  let folder = '';
  const clock = { now: () => NOW };
  const NOW = Date.now();

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'foresync-learned-'));
    writeFileSync(join(folder, 'server.key'), randomBytes(32).toString('base64url'), { mode: 0o600 });
  });
  after(() => rmSync(folder, { recursive: true }));

  const url = (): string => `lmdb:${join(folder, 'store')}`;
  const serve = (seed = 1): Promise<AppWorld> =>
    appWorld(
      {
        auth: { serverKeyFile: join(folder, 'server.key') },
        store: { url: url() },
        push: { policy: 'model-unhedged', model: writeModel(join(folder, `model-${seed}`), seed) },
        server: { metricsListen: '127.0.0.1:0' },
      },
      { clock },
    );

  const scores = async (world: AppWorld): Promise<Map<string, number>> => {
    const token = await world.tokens.token({ device: null, spaces: { notes: 'read' } });
    const caller = new Caller(world.port, PredictionServiceDefinition, token);
    const request = PredictRequest.create({ space: 'notes', user: 'alice', k: 100 });
    const { predictions } = await caller.unary(PredictionServiceDefinition.methods.predict, request);
    caller.close();
    return new Map(predictions.map(({ item, score }) => [item, score]));
  };
  /** The score of the checkpoint that a device of the user is given. */
  const fetchedScore = async (world: AppWorld, user: string): Promise<number> => {
    const caller = new Caller(world.port, SyncServiceDefinition, await world.tokens.token({ user }));
    const request = FetchRequest.create({ request: { requestId: 1n, space: 'notes', item: 'docs/2' } });
    const [only] = await all(caller.download(SyncServiceDefinition.methods.fetch, request));
    caller.close();
    assert.ok(only?.part?.$case === 'answer' && only.part.value.result?.$case === 'found');
    return only.part.value.result.value.checkpoint?.predictionScore ?? assert.fail('no checkpoint');
  };
  const farthest = (one: Map<string, number>, other: Map<string, number>): number => {
    assert.deepEqual([...one.keys()].sort(), [...other.keys()].sort());
    return Math.max(...Array.from(one, ([item, score]) => Math.abs(score - (other.get(item) ?? NaN))));
  };
  const complaints = (world: AppWorld): unknown[] =>
    world
      .lines()
      .filter(({ msg }) => msg === 'fault')
      .map(({ what, err }) => [what, (err as { code: string }).code]);
  const saved = async <T>(use: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>): Promise<T> => {
    const store = await openStore({ url: url() }, { clock, randomBytes });
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  };

  it('is known again after a restart, and is not taken for another model; a damaged memory is survived', async () => {
    const first = await serve();
    await putItems(first, ITEMS);
    const viewer = await Viewer.open(first);
    const untaught = await scores(first);
    assert.equal(untaught.size, 0);
    for (let round = 0; round < 60; round++) await viewer.view(ITEMS[round % 2] ?? '');
    await viewer.leave();
    const learned = await scores(first);
    await first.stop();

    const again = await serve();
    assert.ok(farthest(await scores(again), learned) < 1e-5);
    assert.deepEqual(complaints(again), []);
    assert.ok((await fetchedScore(again, 'alice')) > 0, 'of the last plan before the restart');
    assert.equal(await fetchedScore(again, 'nobody'), 0);
    await again.stop();

    const good = await saved((store) => store.spaces.loadSnapshot(NOTES, MEMORY));
    assert.ok(good !== null && good.bytes.length > 32);
    const damaged = good.bytes.slice();
    damaged[100] = (damaged[100] ?? 0) ^ 0xff;
    await saved((store) => store.spaces.saveSnapshot(NOTES, MEMORY, good.offset, damaged));
    const afresh = await serve();
    const unlearned = await scores(afresh);
    assert.ok(farthest(unlearned, learned) > 0.01);
    assert.deepEqual(complaints(afresh), [['recollection', 'STORE_CORRUPT']]);
    const metrics = await (await fetch(`http://127.0.0.1:${afresh.app.metricsPort}/metrics`)).text();
    assert.match(metrics, /foresync_faults_total\{what="recollection"\} 1/);
    const back = await Viewer.open(afresh, 'alice', 'phone');
    await back.view('docs/0');
    await back.leave();
    await afresh.stop();

    await saved((store) => store.spaces.saveSnapshot(NOTES, MEMORY, good.offset + 1, good.bytes));
    const other = await serve(2);
    const over = await scores(other);
    assert.deepEqual(complaints(other), []);
    await other.stop();
    await saved(async (store) => {
      const kept = await store.spaces.loadSnapshot(NOTES, MEMORY);
      assert.notDeepEqual(kept?.bytes.slice(0, 32), good.bytes.slice(0, 32), 'saved under the new model');
    });
    assert.ok(over.size > 0);
  });
});
