import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PredictionServiceDefinition, PredictRequest } from '@foresync/protocol';
import type { AppWorld } from '../support/app-world.js';
import { appWorld } from '../support/app-world.js';
import { Caller } from '../support/calls.js';
import { writeModel } from '../support/model-folder.js';
import { startStandalone } from '../support/redis/deployment.js';
import { scratchFolder } from '../support/scratch.js';
import { ServerProcess } from '../support/server-process.js';
import { TokenMaker } from '../support/tokens.js';
import { putItems, Viewer } from '../support/viewer.js';

const ITEMS = Array.from({ length: 6 }, (_, place) => `docs/${place}`);
/** What nodes may differ by: rounding, and what each learned of its users by number. */
const ALIKE = 1e-3;
const PATIENCE_MS = 20_000;

describe('what nodes of a space learn', function () {
  this.timeout(60_000);

  it('is the same on each, outlives the node that learned it, and is known to one that starts later', async () => {
    const [folder, redis, tokens] = [await scratchFolder(), await startStandalone(), new TokenMaker()];
    const serverKeyFile = join(folder.path, 'server.key');
    writeFileSync(serverKeyFile, randomBytes(32).toString('base64url'), { mode: 0o600 });
    const config = (policy: string) => ({
      auth: { serverKeyFile, secretFile: tokens.writeSecret(folder.path) },
      store: { url: redis.url },
      spaces: { list: [{ name: 'notes', shards: 2 }] },
      push: { policy, model: writeModel(join(folder.path, 'model'), 1) },
    });
    const serve = (policy = 'model'): Promise<AppWorld> => appWorld(config(policy), {}, tokens);
    const nodes: AppWorld[] = [];
    const doomed = await ServerProcess.start({ ...config('model'), log: { level: 'warn' } });
    try {
      const stays = await serve();
      nodes.push(stays);
      await putItems(stays, ITEMS);
      const there = { ...stays, port: doomed.port };
      // Carol, whom scores are asked for, has no plan of her own that anything is learned from.
      const carol = await Viewer.open(there, 'carol');
      await carol.view('docs/0');
      await carol.leave();
      assert.ok((await scores(stays)).size > 0);
      const viewer = await Viewer.open(there);
      for (let round = 0; round < 60; round++) await viewer.view(ITEMS[round % 2] ?? '');
      await viewer.leave();
      const learned = await alike(there, stays);
      await doomed.kill();
      assert.ok(farthest(await scores(stays), learned) <= ALIKE);
      const late = await serve();
      nodes.push(late);
      await alike(late, stays);
      const bare = await serve('model-bare');
      nodes.push(bare);
      assert.ok(farthest(await scores(bare), learned) > 0.01, 'without what was learned scores are others');
    } finally {
      await doomed.kill();
      for (const node of nodes) await node.stop();
      await redis.stop();
      await folder.remove();
    }
  });
});

/** Carol's scores by item, as a node would rank them. */
async function scores({ port, tokens }: AppWorld): Promise<ReadonlyMap<string, number>> {
  const token = await tokens.token({ device: null, spaces: { notes: 'read' } });
  const caller = new Caller(port, PredictionServiceDefinition, token);
  const request = PredictRequest.create({ space: 'notes', user: 'carol', k: 100 });
  const { predictions } = await caller.unary(PredictionServiceDefinition.methods.predict, request);
  caller.close();
  return new Map(predictions.map(({ item, score }) => [item, score]));
}

/** Waits until two nodes score alike; answers how. */
async function alike(one: AppWorld, other: AppWorld): Promise<ReadonlyMap<string, number>> {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    const [ours, theirs] = [await scores(one), await scores(other)];
    const apart = farthest(ours, theirs);
    if (apart <= ALIKE) return ours;
    assert.ok(Date.now() < end, `two nodes still score up to ${apart} apart`);
    await sleep(100);
  }
}

function farthest(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  return Math.max(...Array.from(one, ([item, score]) => Math.abs(score - (other.get(item) ?? Infinity))));
}
