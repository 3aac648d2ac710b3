import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Foresync } from '@foresync/client';
import { connect } from '@foresync/client';
import { ForgetRequest, PrivacyServiceDefinition } from '@foresync/protocol';
import { pseudonym, userId } from '../../src/domain/ids.js';
import type { AppOverrides } from '../../src/app.js';
import { deriveKeys, pseudonymOf } from '../../src/rpc/identity/server-key.js';
import { createLogger } from '../../src/telemetry/logger.js';
import type { AppWorld } from '../support/app-world.js';
import { appWorld, sink } from '../support/app-world.js';
import { Caller } from '../support/calls.js';
import { filesBelow, hex, number, search, text, type Needle } from '../support/canary.js';
import { writeModel } from '../support/model-folder.js';
import { startCluster } from '../support/redis/cluster.js';
import { eventually } from '../support/redis/eventually.js';
import type { RedisProcess } from '../support/redis/server.js';
import { scratchFolder } from '../support/scratch.js';
import { TokenMaker } from '../support/tokens.js';

const random = (): string => randomBytes(8).toString('hex');
const CANARY = `canary-${random()}@example.org`;
const BYSTANDER = `bystander-${random()}@example.org`;
const DEVICE = `phone-of-${random()}`;
const QUERY = `wordthatnobodyuses${random()}`;
const TITLE = `A title that stays on the device ${random()}`;
const PLACE = { latitude: 47.371382911, longitude: 8.539044133 };
const ITEMS = Array.from({ length: 8 }, (_, index) => `docs/${index}.md`);
const SERVER_KEY = randomBytes(32);

/** What must be in no file and no log at any time. */
const CLEAR: readonly Needle[] = [
  ...text('user id', CANARY),
  ...text('user id of another', BYSTANDER),
  ...text('query', QUERY),
  ...text('title', TITLE),
  ...number('latitude', PLACE.latitude),
  ...number('longitude', PLACE.longitude),
];
const nameOf = (user: string): string => pseudonymOf(deriveKeys(SERVER_KEY).pseudonym, userId(user));
/** What must be in none after the user was forgotten. */
const TRACES: readonly Needle[] = [...CLEAR, ...hex('pseudonym', nameOf(CANARY)), ...text('device', DEVICE)];

/** Where a store keeps its bytes, and how it is made to write them all, and nothing that is gone. */
interface Kept {
  readonly url: string;
  readonly folders: readonly string[];
  /** Everything that is in memory comes to the disk; what was removed leaves it. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

describe('canaries: what is kept in clear, and what is left of a user who was forgotten', function () {
  this.timeout(120_000);

  it('LMDB: nothing in clear; of a forgotten user nothing at all once the server was stopped', () =>
    watch(lmdb));

  it('a cluster of Redis, RDB and AOF of primaries and replicas: nothing in clear, of a forgotten user nothing', () =>
    watch(redis));

  it('find user ids as soon as anonymisation is switched off', async () => {
    const scene = await begin(await lmdb(), { pseudonymOf: (user) => pseudonym(user) });
    try {
      await live(scene);
      const found = await scene.found(CLEAR);
      assert.ok(
        found.some((one) => one.startsWith('user id in ')),
        `found only: ${found.join(', ')}`,
      );
    } finally {
      await scene.end();
    }
  });
});

async function watch(keep: () => Promise<Kept>): Promise<void> {
  const scene = await begin(await keep());
  try {
    await live(scene);
    assert.deepEqual(await scene.found(CLEAR), []);
    const kept = await scene.found(TRACES);
    assert.ok(
      kept.some((one) => one.startsWith('pseudonym')),
      'the search finds what is there',
    );
    await scene.forget();
    assert.deepEqual(await scene.found(TRACES), []);
    const others = await scene.found(hex('other', nameOf(BYSTANDER)));
    assert.ok(others.length > 0, 'another user is still there');
  } finally {
    await scene.end();
  }
}

interface Scene {
  readonly world: () => AppWorld;
  readonly device: (user: string, device: string) => Promise<Foresync>;
  /** Which of these are in a file or in the log. */
  found(needles: readonly Needle[]): Promise<readonly string[]>;
  forget(): Promise<void>;
  end(): Promise<void>;
}

/** A server whose every word is kept. */
async function begin(kept: Kept, overrides: AppOverrides = {}): Promise<Scene> {
  const folder = await scratchFolder();
  const [tokens, log] = [new TokenMaker(), [] as string[]];
  const serverKeyFile = join(folder.path, 'server.key');
  writeFileSync(serverKeyFile, SERVER_KEY.toString('base64url'), { mode: 0o600 });
  mkdirSync(join(folder.path, 'model'));
  const model = writeModel(join(folder.path, 'model'));
  const start = (): Promise<AppWorld> =>
    appWorld(
      { auth: { serverKeyFile }, store: { url: kept.url }, push: { policy: 'model', model } },
      { logger: createLogger('trace', sink(log)), ...overrides },
      tokens,
    );
  let world = await start();
  let forgot = false;
  return {
    world: () => world,
    device: async (user, device) =>
      connect({
        endpoint: `http://127.0.0.1:${world.port}`,
        token: await tokens.token({ user, device }),
        spaces: ['notes'],
        buffer: { kind: 'memory' },
        locationPermitted: true,
      }),
    found: async (needles) => {
      // A node saves what it learned when it stops.
      await world.stop();
      await kept.settle();
      const files = await filesBelow(kept.folders);
      const logged = forgot ? log.splice(0) : log;
      const found = search(new Map([...files, ['the log', Buffer.from(logged.join(''))]]), needles);
      world = await start();
      return found;
    },
    forget: async () => {
      const token = await tokens.token({ user: CANARY, device: DEVICE });
      const caller = new Caller(world.port, PrivacyServiceDefinition, token);
      const { removed } = await caller.unary(
        PrivacyServiceDefinition.methods.forget,
        ForgetRequest.create({}),
      );
      caller.close();
      assert.ok(removed > 0n);
      forgot = true;
    },
    end: async () => {
      await world.stop();
      await kept.stop();
      await folder.remove();
    },
  };
}

/** Two users do everything that leaves something behind. */
async function live({ device, world }: Scene): Promise<void> {
  const clients = [await device(CANARY, DEVICE), await device(BYSTANDER, 'laptop')];
  for (const client of clients) {
    for (const item of ITEMS) {
      await client.write('notes', item, Buffer.from(`${item} ${random()}`));
      await client.open('notes', item);
      // Whatever else an object carries stays on the device.
      const seen = { type: 'viewed', space: 'notes', item, location: PLACE, title: TITLE } as const;
      client.report(seen);
      client.report({ type: 'searched', space: 'notes', query: `${QUERY} ${item}`, location: PLACE });
      await client.flush();
    }
    await world().app.quiesce();
    await client.close();
  }
}

async function lmdb(): Promise<Kept> {
  const folder = await scratchFolder();
  const store = join(folder.path, 'store');
  return {
    url: `lmdb:${store}`,
    folders: [store],
    settle: () => Promise.resolve(),
    stop: () => folder.remove(),
  };
}

async function redis(): Promise<Kept> {
  const cluster = await startCluster();
  await Promise.all(
    cluster.servers.map((server) =>
      // What is compressed could not be searched.
      server.ask((asked) => asked.config('SET', 'appendonly', 'yes', 'rdbcompression', 'no')),
    ),
  );
  return {
    url: cluster.url,
    folders: cluster.servers.map(({ folder }) => folder),
    settle: async () => {
      await Promise.all(cluster.servers.map(rewritten));
    },
    stop: () => cluster.stop(),
  };
}

/** AOF and RDB made anew. */
async function rewritten(server: RedisProcess): Promise<void> {
  const idle = async (): Promise<boolean> => {
    const info = await server.ask((asked) => asked.info('persistence'));
    return IDLE.every((line) => info.includes(line));
  };
  await eventually(idle, 'a server that writes nothing');
  await server.ask((asked) => asked.bgrewriteaof());
  await eventually(idle, 'an AOF that is made anew');
  await server.ask((asked) => asked.save());
}

const IDLE = ['aof_rewrite_in_progress:0', 'aof_rewrite_scheduled:0', 'rdb_bgsave_in_progress:0'];
