import assert from 'node:assert/strict';
import { access, copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GoodbyeReason, Verdict } from '@foresync/protocol';
import type { ConnectOptions } from '../src/index.node.js';
import type { Likely } from '../src/rank/index.js';
import { ranking } from '../src/rank/index.js';
import { bytesOf, checkpointFor } from './support/checkpoints.js';
import { FakeServer } from './support/fake-server.js';
import { inFolder } from './support/folder.js';
import { goodbye } from './support/server-events.js';
import type { Scene } from './support/with-client.js';
import { connectTo, eventually, withClient } from './support/with-client.js';

const MODEL = join(import.meta.dirname, '../../../wasm-model/model');
const FILES = ['manifest.json', 'advance.onnx', 'score.onnx'];
const ITEMS = ['docs/plan.md', 'docs/notes.md', 'src/app.ts', 'src/app.test.ts'];
const START_MS = Date.now() - 60_000;

const shipped = ranking({ model: (file) => readFile(join(MODEL, file)) });

describe('a client that ranks what it holds', function () {
  this.timeout(30_000);

  it('knows what its user comes back to, with score and reasons, and nothing of it is sent', () =>
    withClient({ ranking: shipped }, async (scene) => {
      const { client, session } = scene;
      await held(scene);
      comeAndGo(client);
      const ranked = await client.rank('s');
      assert.deepEqual(ranked.map(({ checkpoint }) => checkpoint.item).sort(), [...ITEMS].sort());
      assert.match(ranked[0]?.checkpoint.item ?? '', /^src\/app/);
      for (const { score, stale } of ranked) assert.ok(score > 0 && score < 1 && !stale, `${score}`);
      assert.ok(
        ranked.every((likely, place) => likely.score <= (ranked[place - 1]?.score ?? 1)),
        'the best come first',
      );
      assert.match(ranked[0]?.reasons[0]?.text ?? '', /^you went on to it from here/);
      assert.equal((await client.rank('s', { most: 2 })).length, 2);
      await session.until(() => session.all('activities').at(0), 'what was reported');
      const kinds = new Set(session.events.map(({ $case }) => $case));
      assert.deepEqual(
        [...kinds].filter((kind) => !['hello', 'heartbeat', 'ack', 'activities'].includes(kind)),
        [],
      );
    }));

  it('goes by what the server foretold until its user does something', () =>
    withClient({ ranking: shipped }, async ({ client, session }) => {
      for (const [place, item] of ITEMS.entries()) {
        const checkpoint = { ...checkpointFor(item, bytesOf(item)), predictionScore: place / 4 };
        session.push(checkpoint, bytesOf(item));
      }
      await eventually(() => client.stats.held.items === ITEMS.length, 'everything is held');
      const foretold = await client.rank('s', { most: 3 });
      assert.deepEqual(
        foretold.map(({ checkpoint, score }) => [checkpoint.item, score]),
        [...ITEMS.entries()]
          .map(([place, item]) => [item, place / 4])
          .reverse()
          .slice(0, 3),
      );
      assert.deepEqual(
        foretold[0]?.reasons.map(({ text }) => text),
        ['the server expected it'],
      );
      client.report({ type: 'viewed', item: 'docs/plan.md' });
      assert.notEqual((await client.rank('s'))[0]?.score, 0.75);
    }));

  it('refuses what it cannot rank', () =>
    withClient({ ranking: shipped }, async ({ client }) => {
      assert.deepEqual(await client.rank('s'), []);
      await assert.rejects(client.rank('t'), { code: 'FIELD_INVALID' });
      for (const most of [0, 1001, 1.5])
        await assert.rejects(client.rank('s', { most }), {
          code: 'FIELD_INVALID',
          message: /most.*1 to 1000/,
        });
    }));

  it('knows it again after a restart, bit by bit', () =>
    inFolder(async (folder) => {
      // Time stands still, on both sides: scores tell seconds.
      const nowMs = START_MS + 60_000;
      const welcome = { serverTimeMs: BigInt(nowMs) };
      const options = { ...onDisk(folder), now: () => nowMs, welcome };
      const scores = ({ client }: Scene) => client.rank('s').then((all) => all.map(factsOf));
      let before: ReturnType<typeof factsOf>[] = [];
      await withClient(options, async (scene) => {
        await held(scene);
        comeAndGo(scene.client);
        before = await scores(scene);
      });
      await withClient(options, async (scene) => assert.deepEqual(await scores(scene), before));
    }));

  it('forgets it with the buffer, whether the client that is told so ranks or not', () =>
    inFolder(async (folder) => {
      const journal = join(folder, 'device', 'learned.journal');
      for (const told of [onDisk(folder), { ...onDisk(folder), ranking: undefined }]) {
        await withClient(onDisk(folder), async (scene) => {
          await held(scene);
          comeAndGo(scene.client);
          await scene.client.rank('s');
        });
        assert.match(await readFile(journal, 'latin1'), /docs\/plan\.md/);
        await withClient(told, async ({ client, session }) => {
          session.tell(goodbye(GoodbyeReason.GOODBYE_REASON_FORGOTTEN));
          await eventually(() => client.stats.held.items === 0, 'nothing is held');
        });
        assert.doesNotMatch(await readFile(journal, 'latin1'), /plan|notes|app/);
      }
    }));

  it('forgets a space that the server has it wipe', () =>
    inFolder(async (folder) => {
      await withClient(onDisk(folder), async (scene) => {
        await held(scene);
        comeAndGo(scene.client);
        await scene.client.flush({ timeoutMs: 50 }).catch(() => undefined);
      });
      assert.deepEqual(await rankedAfterWipe(folder), []);
      assert.doesNotMatch(
        await readFile(join(folder, 'device', 'learned.journal'), 'latin1'),
        /plan|notes|app/,
      );
    }));

  it('says what is wrong with a model, as the server does, and does everything else', () =>
    inFolder(async (folder) => {
      const broken = ranking({ model: (file) => readFile(join(folder, file)) });
      await withClient({ ranking: broken }, async (scene) => {
        const { client } = scene;
        await held(scene);
        comeAndGo(client);
        assert.equal((await client.open('s', 'src/app.ts')).source, 'buffer');
        const refused = (message: RegExp) =>
          assert.rejects(client.rank('s'), { code: 'MODEL_INVALID', message });
        await refused(/^\[MODEL_INVALID\] manifest\.json: expected a file that can be read, found ENOENT/);
        for (const file of FILES) await copyFile(join(MODEL, file), join(folder, file));
        const score = await readFile(join(MODEL, 'score.onnx'));
        await writeFile(join(folder, 'score.onnx'), score.subarray(1));
        await refused(/score\.onnx sha256: expected [0-9a-f]{64}, found [0-9a-f]{64}$/);
        await writeFile(join(folder, 'score.onnx'), score);
        const manifest = await readFile(join(MODEL, 'manifest.json'), 'utf8');
        await writeFile(
          join(folder, 'manifest.json'),
          manifest.replace(/("feature_spec": ")\w{4}/, '$1beef'),
        );
        await refused(/manifest\.json feature_spec: expected [0-9a-f]{64}, found beef/);
        await writeFile(join(folder, 'manifest.json'), manifest);
        assert.equal((await client.rank('s')).length, ITEMS.length, 'it is tried again');
      });
    }));

  it('says that it ranks nothing, where nobody asked for it', () =>
    inFolder(async (folder) => {
      await withClient({ ...onDisk(folder), ranking: undefined }, async (scene) => {
        await held(scene);
        comeAndGo(scene.client);
        await assert.rejects(scene.client.rank('s'), {
          code: 'RANKING_ABSENT',
          message: /@foresync\/client\/rank/,
        });
      });
      await assert.rejects(access(join(folder, 'device', 'learned.journal')), 'nothing is learned either');
    }));

  it('follows what is opened off line', () =>
    inFolder(async (folder) => {
      await withClient(onDisk(folder), (scene) => held(scene));
      await withClient({}, async ({ server }) => {
        server.stop();
        const client = await connectTo(server, { ...onDisk(folder), startOffline: true });
        try {
          const before = new Map(
            (await client.rank('s')).map(({ checkpoint, score }) => [checkpoint.item, score]),
          );
          client.report({ type: 'viewed', item: 'docs/notes.md', timeMs: START_MS });
          client.report({ type: 'viewed', item: 'docs/plan.md', timeMs: START_MS + 5000 });
          client.report({ type: 'viewed', item: 'docs/notes.md', timeMs: START_MS + 10_000 });
          const after = await client.rank('s');
          assert.match(after[0]?.checkpoint.item ?? '', /^docs\//);
          assert.notDeepEqual(
            new Map(after.map(({ checkpoint, score }) => [checkpoint.item, score])),
            before,
          );
        } finally {
          await client.close();
        }
      });
    }));
});

function onDisk(folder: string): Pick<ConnectOptions, 'ranking' | 'buffer'> {
  const buffer = { kind: 'directory', path: join(folder, 'device'), surviving: 'process' } as const;
  return { ranking: shipped, buffer };
}

/** The server pushes every item. */
async function held({ client, session }: Scene): Promise<void> {
  for (const item of ITEMS) session.push(checkpointFor(item, bytesOf(item)), bytesOf(item));
  await eventually(() => client.stats.held.items === ITEMS.length, 'everything is held');
}

/** The user reads, then goes back and forth between two files. */
function comeAndGo(client: Scene['client']): void {
  const steps = [
    'docs/plan.md',
    'src/app.ts',
    'src/app.test.ts',
    'src/app.ts',
    'src/app.test.ts',
    'src/app.ts',
  ];
  for (const [place, item] of steps.entries())
    client.report({ type: place > 3 ? 'edited' : 'viewed', item, timeMs: START_MS + place * 10_000 });
}

/** What a client ranks when the server has just had it wipe the space. */
async function rankedAfterWipe(folder: string): Promise<unknown> {
  const server = await FakeServer.start({});
  const connecting = connectTo(server, onDisk(folder));
  try {
    await (await server.accept()).welcome({ verdicts: [{ space: 's', verdict: Verdict.VERDICT_WIPE }] });
    return await (await connecting).rank('s');
  } finally {
    await (await connecting).close();
    server.stop();
  }
}

const factsOf = ({ checkpoint, score, reasons }: Likely) => ({
  item: checkpoint.item,
  score,
  texts: reasons.map(({ text }) => text),
});
