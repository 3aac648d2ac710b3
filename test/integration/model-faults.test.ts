import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { credentials, Metadata, makeGenericClientConstructor } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import { ContentServiceDefinition, ListRequest } from '@foresync/protocol';
import type { AppOverrides } from '../../src/app.js';
import type { PartialConfig } from '../../src/config.js';
import type { AppWorld } from '../support/app-world.js';
import { appWorld } from '../support/app-world.js';
import { Caller } from '../support/calls.js';
import { FakeModel } from '../support/fake-model.js';
import { SERVER_SIZES, writeModel } from '../support/model-folder.js';
import type { DynamicClient } from '../support/reflected.js';
import { unary } from '../support/reflected.js';
import type { Fault } from '../support/tiny-model.js';
import { until } from '../support/until.js';
import { putItems, Viewer } from '../support/viewer.js';

const ITEMS = Array.from({ length: 8 }, (_, place) => `docs/${place}`);
const HealthClient = makeGenericClientConstructor(service, 'Health');

describe('a model that fails behind a real server', function () {
  this.timeout(30_000);
  let folder = '';
  let world: AppWorld;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'foresync-faults-'));
  });
  afterEach(async () => {
    await world.stop();
    rmSync(folder, { recursive: true });
  });

  /** A server that pushes whatever the model gives any chance. */
  async function serve(push: PartialConfig['push'] = {}, overrides: AppOverrides = {}): Promise<void> {
    const server = { metricsListen: '127.0.0.1:0' };
    const threshold = { policy: 'model-bare', mode: 'threshold', threshold: 0.0001 } as const;
    world = await appWorld({ server, push: { ...threshold, model: folder, ...push } }, overrides);
    await putItems(world, ITEMS);
  }

  const serveFiles = (fault?: Fault): Promise<void> => {
    writeModel(folder, 1, fault);
    return serve();
  };
  const serveFake = (model: FakeModel): Promise<void> =>
    serve({}, { loadModel: () => Promise.resolve(model) });

  /** A new user opens two items: what is pushed to them then. */
  async function pushedTo(user: string): Promise<string[]> {
    const viewer = await Viewer.open(world, user);
    await viewer.view('docs/0', 'docs/1');
    const pushed = viewer.pushed();
    await viewer.leave();
    return pushed;
  }

  const messages = (...wanted: string[]): unknown[] =>
    world
      .lines()
      .map(({ msg }) => msg)
      .filter((msg) => wanted.includes(String(msg)));
  const SHUT = 'the model is shut off: it failed too often, and nothing is pushed by it';
  const BACK = 'the model answers again';

  const metric = async (line: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${world.app.metricsPort}/metrics`)).text();
    const found = text.split('\n').find((one) => one.startsWith(`${line} `));
    return Number(found?.slice(line.length + 1) ?? 0);
  };

  async function health(name: string): Promise<unknown> {
    const client = new HealthClient(`127.0.0.1:${world.port}`, credentials.createInsecure()) as DynamicClient;
    const { status } = await unary(client, 'check', { service: name }, new Metadata());
    client.close();
    return status;
  }

  /** Everything but pushes works. */
  async function restWorks(): Promise<void> {
    const token = await world.tokens.token({ device: null });
    const caller = new Caller(world.port, ContentServiceDefinition, token);
    const request = ListRequest.create({ space: 'notes' });
    const page = await caller.unary(ContentServiceDefinition.methods.list, request);
    assert.equal(page.checkpoints.length, ITEMS.length);
    caller.close();
    assert.equal(await health(''), 'SERVING');
    assert.equal(await health('foresync.v1.SyncService'), 'SERVING');
  }

  async function stopsPushes(reason: string): Promise<void> {
    for (const user of ['ann', 'bob', 'cid', 'dan']) assert.deepEqual(await pushedTo(user), [], user);
    await restWorks();
    assert.equal(await health('foresync.model'), 'NOT_SERVING');
    assert.equal(await metric('foresync_model_state{state="open"}'), 1);
    assert.ok((await metric(`foresync_model_failures_total{reason="${reason}"}`)) >= 3);
    assert.ok((await metric('foresync_plans_without_model_total{reason="open"}')) >= 1);
    assert.deepEqual(messages('fault', SHUT), [SHUT], 'one line, not one a plan');
  }

  const fake = (): FakeModel => new FakeModel('00'.repeat(32), SERVER_SIZES);

  it('pushes what it finds likely, while it works', async () => {
    await serveFiles();
    assert.ok((await pushedTo('ann')).length > 0);
    assert.equal(await health('foresync.model'), 'SERVING');
    assert.equal(await metric('foresync_model_state{state="closed"}'), 1);
    assert.equal(await metric('foresync_model_loads_total{result="loaded"}'), 1);
  });

  it('throws: pushes stop and nothing else, and come back with it', async () => {
    const model = fake();
    await serveFake(model);
    assert.ok((await pushedTo('zoe')).length > 0);
    model.gate = () => Promise.reject(new Error('broken'));
    await stopsPushes('threw');
    model.gate = () => Promise.resolve();
    // A probe is made when somebody asks after the back-off.
    let asked = 0;
    while ((await pushedTo(`user ${asked}`)).length === 0) {
      if (++asked === 100) assert.fail('no push came in 100 visits');
      await sleep(100);
    }
    assert.deepEqual(messages('fault', SHUT, BACK), [SHUT, BACK]);
    assert.equal(await health('foresync.model'), 'SERVING');
  });

  it('answers NaN: pushes stop and nothing else', async () => {
    await serveFiles('overflow');
    await stopsPushes('output');
  });

  it('answers another shape: pushes stop and nothing else', async () => {
    const model = fake();
    model.score = () => Promise.resolve(new Float32Array(1));
    model.advance = () => Promise.resolve(new Float32Array(3));
    await serveFake(model);
    await stopsPushes('output');
  });

  it('stalls for 5 s: pushes stop and nothing else', async () => {
    const model = fake();
    let ended = 0;
    model.gate = () => new Promise<void>((resolve) => setTimeout(resolve, 5000).unref()).then(() => ended++);
    await serveFake(model);
    const asked = ['eva', 'fay'].map((user) => pushedTo(user));
    await restWorks();
    assert.deepEqual(await Promise.all(asked), [[], []]);
    assert.equal(ended, 0, 'what they reported was acknowledged while the first run still stalled');
    assert.ok((await metric('foresync_plans_without_model_total{reason="stalled"}')) >= 2);
    await until(() => messages(SHUT).length > 0, 'the model is shut off');
    assert.deepEqual(await pushedTo('gus'), []);
    await restWorks();
    assert.equal(await health('foresync.model'), 'NOT_SERVING');
    assert.ok((await metric('foresync_model_failures_total{reason="timeout"}')) >= 1);
  });

  it('is not loaded from a file that was swapped, and says which; the one that runs goes on', async () => {
    await serveFiles();
    writeFileSync(join(folder, 'score.onnx'), 'something else');
    await assert.rejects(world.app.reloadModel(), /\[MODEL_INVALID\] score\.onnx sha256: expected .* found/);
    await assert.rejects(appWorld({ push: { policy: 'model', model: folder } }), { code: 'MODEL_INVALID' });
    writeModel(folder, 1, 'column');
    await assert.rejects(world.app.reloadModel(), { code: 'MODEL_INVALID' });
    assert.ok((await pushedTo('ann')).length > 0);
    assert.equal(await metric('foresync_model_loads_total{result="refused"}'), 2);
    assert.deepEqual(messages('the model is refused').length, 2);
  });

  it('is replaced under 50 live streams, and none is dropped', async () => {
    await serveFiles();
    const viewers: Viewer[] = [];
    for (let user = 0; user < 50; user++) viewers.push(await Viewer.open(world, `user ${user}`));
    let replaced = 0;
    const working = viewers.map(async (viewer, user) => {
      for (let round = 0; round < 12; round++) await viewer.view(ITEMS[(user + round) % 8] ?? '');
    });
    const replacing = (async () => {
      for (const seed of [2, 3, 4]) {
        writeModel(folder, seed);
        await world.app.reloadModel();
        replaced++;
      }
    })();
    await Promise.all([...working, replacing]);
    for (const viewer of viewers) await viewer.view('docs/3');
    assert.deepEqual([replaced, world.app.sessions], [3, 50]);
    assert.ok(viewers.every((viewer) => viewer.pushed().length > 0));
    for (const viewer of viewers) await viewer.leave();
    assert.deepEqual(messages('fault', SHUT), []);
    assert.equal(await metric('foresync_model_loads_total{result="loaded"}'), 4);
  });
});
