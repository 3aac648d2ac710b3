import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transport } from '@foresync/client';
import { grpcTransport } from '@foresync/client';
import type { Current, Write } from '../support/history.js';
import { History } from '../support/history.js';
import { RawDevice } from '../support/raw-device.js';
import { startCluster } from '../support/redis/cluster.js';
import { scratchFolder } from '../support/scratch.js';
import { ServerProcess } from '../support/server-process.js';
import { TokenMaker } from '../support/tokens.js';
import { until } from '../support/until.js';

const SPACE = 'notes';
const ITEMS = Array.from({ length: 24 }, (_, index) => `docs/${index}.md`);
const DEVICES = 20;
const KILLS = 3;
const SHARDS = 3;

describe('a server that is killed in the middle of pushes', function () {
  this.timeout(120_000);

  it('loses nothing acknowledged, sends nothing acknowledged twice, and 20 devices resume', async () => {
    const folder = await scratchFolder();
    await killed(folder.path, `lmdb:${join(folder.path, 'store')}`).finally(() => folder.remove());
  });

  it('does so on a cluster of Redis, where another process finds everything in the store alone', async () => {
    const [folder, redis] = [await scratchFolder(), await startCluster()];
    await killed(folder.path, redis.url).finally(() => Promise.all([folder.remove(), redis.stop()]));
  });
});

/** Kills the server again and again while devices and a writer are at work, and looks at what they saw. */
async function killed(folder: string, store: string): Promise<void> {
  const world = await start(folder, store);
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const [received, written] = [world.received(), world.written.length];
      await until(
        () => world.received() > received + 200 && world.written.length > written + 40,
        'pushes are under way',
      );
      await world.server.kill();
      const sessions = world.devices.map((device) => device.sessions);
      const acknowledged = world.written.length;
      await world.server.start();
      await until(
        () =>
          world.devices.every((device, index) => device.sessions > (sessions[index] ?? 0)) &&
          // A channel that was refused fails at once until it dials again: the writer's does so last of all.
          world.written.length > acknowledged,
        'all resume',
      );
    }
    await world.stopWriting();
    const current = await settled(world);
    world.history.end((_space, item) => current.get(item) ?? null);
    world.history.assertClean();
    assert.ok(world.written.length > 100, `${world.written.length} writes were acknowledged`);
    const epochs = new Set(world.written.map(({ shard, epoch }) => `${shard} ${epoch}`));
    assert.equal(epochs.size, SHARDS, 'no log was lost');
  } finally {
    await world.close();
  }
}

type World = Awaited<ReturnType<typeof start>>;

async function start(folder: string, store: string) {
  const tokens = new TokenMaker();
  const serverKeyFile = join(folder, 'server.key');
  writeFileSync(serverKeyFile, randomBytes(32).toString('base64url'), { mode: 0o600 });
  const server = await ServerProcess.start({
    store: { url: store },
    auth: { secretFile: tokens.writeSecret(folder), serverKeyFile },
    spaces: { list: [{ name: SPACE, shards: SHARDS }] },
    session: { deltas: false },
    push: { policy: 'recent', mode: 'threshold', threshold: 0.02, startBytes: 1e12 },
  });
  const history = new History();
  const stop = new AbortController();
  const transports: Transport[] = [];
  const transport = (): Transport => {
    const made = grpcTransport({ endpoint: `http://127.0.0.1:${server.port}` });
    transports.push(made);
    return made;
  };
  const devices: RawDevice[] = [];
  const running: Promise<void>[] = [];
  for (let index = 0; index < DEVICES; index++) {
    const [user, name] = [`user-${index >> 1}`, `device-${index & 1}`];
    const device = new RawDevice({
      transport: transport(),
      token: await tokens.token({ user, device: name, spaces: { [SPACE]: 'read' } }),
      space: SPACE,
      history: history.device(user, name, [SPACE]),
    });
    devices.push(device);
    running.push(live(device, index, stop.signal));
  }
  const token = await tokens.token({ user: 'backend', device: null, spaces: { [SPACE]: 'write' } });
  const writer = transport();
  const written: Write[] = [];
  const writing = new AbortController();
  const onWrite = (one: Write): void => {
    written.push(one);
    history.wrote(one);
  };
  const writes = write(writer, token, writing.signal, onWrite);
  running.push(writes);
  return {
    server,
    history,
    devices,
    writer,
    token,
    written,
    received: () => devices.reduce((sum, device) => sum + device.received, 0),
    // A write under way ends first: it would change what is current after it was looked up.
    stopWriting: () => {
      writing.abort();
      return writes;
    },
    close: async () => {
      writing.abort();
      stop.abort();
      for (const device of devices) device.leave();
      await Promise.all(running);
      for (const made of transports) made.close();
      await server.kill();
    },
  };
}

/** Comes back whenever it is cut off, and views an item now and then. */
async function live(device: RawDevice, index: number, signal: AbortSignal): Promise<void> {
  const viewing = (async () => {
    for (let turn = 0; !signal.aborted; turn++) {
      await device.view(ITEMS[(index * 7 + turn * 5) % ITEMS.length] ?? '', Date.now());
      await sleep(150 + index * 5);
    }
  })();
  while (!signal.aborted) {
    await device.session();
    await sleep(20 + index * 5);
  }
  await viewing;
}

/** Writes one item after another, small and large; an attempt that fails counts for nothing. */
async function write(
  writer: Transport,
  token: string,
  signal: AbortSignal,
  onWrite: (write: Write) => void,
): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    const item = ITEMS[turn % ITEMS.length] ?? '';
    const content = randomBytes(turn % 9 === 0 ? 600_000 : 200 + turn);
    const header = { ...NO_CONDITION, space: SPACE, item, sizeBytes: BigInt(content.length) };
    try {
      const { checkpoint, position } = await writer.put(header, chunksOf(content), {
        token,
        timeoutMs: 5_000,
      });
      if (checkpoint === undefined || position === undefined) throw new Error('half an answer');
      const { shard, epoch } = position;
      const dataHash = Buffer.from(checkpoint.dataHash).toString('hex');
      onWrite({ space: SPACE, item, shard, epoch, version: Number(checkpoint.version), dataHash });
    } catch {
      await sleep(50);
    }
    await sleep(10);
  }
}

const NO_CONDITION = {
  ifMatch: new Uint8Array(),
  createOnly: false,
  dataHash: new Uint8Array(),
  edges: [],
  modifiedMs: 0n,
  audience: [],
};

function* chunksOf(content: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < content.length; at += 256 * 1024) yield content.subarray(at, at + 256 * 1024);
}

/** What is current, once every device knows it. */
async function settled({ writer, token, devices, written }: World): Promise<Map<string, Current>> {
  const current = new Map<string, Current>();
  const request = { space: SPACE, prefix: '', pageSize: 1000, pageToken: '' };
  const { checkpoints } = await writer.list(request, { token, timeoutMs: 5_000 });
  for (const { item, version, dataHash } of checkpoints) {
    const epoch = written.find((one) => one.item === item)?.epoch ?? '';
    current.set(item, { epoch, version: Number(version), dataHash: Buffer.from(dataHash).toString('hex') });
  }
  const hashOf = (item: string): string | undefined => current.get(item)?.dataHash ?? undefined;
  await until(() => devices.every((device) => device.knows(hashOf)), 'all devices converge');
  return current;
}
