import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Foresync } from '@foresync/client';
import { connect } from '@foresync/client';
import { DeviceBuffer } from '../../clients/typescript/src/buffer.js';
import { DeviceFolder } from '../../clients/typescript/src/device-folder.js';
import { loadHashing } from '../../clients/typescript/src/sha256.js';
import { DiskStorage } from '../../clients/typescript/src/storage-disk.js';
import type { AppWorld } from '../support/app-world.js';
import { appWorld } from '../support/app-world.js';
import { scratchFolder } from '../support/scratch.js';

const ITEMS = Array.from({ length: 12 }, (_, index) => `docs/${index}.md`);
const KILLS = 5;

describe('a device that is killed in the middle of pushes', function () {
  this.timeout(120_000);

  it('holds everything that it acknowledged, whole, and goes on from there', async () => {
    const [world, folder] = await Promise.all([pushing(), scratchFolder()]);
    const directory = join(folder.path, 'phone');
    const laptop = await deviceOf(world, 'laptop');
    const busy = keepWriting(laptop);
    let acknowledged = 0;
    try {
      for (let kill = 0; kill < KILLS; kill++) {
        const lived = await killedAfter(world, directory, 20 + kill * 7);
        acknowledged += lived.length;
        await mustHold(directory, lived);
      }
      await busy.stop();
      await world.app.quiesce();
      const phone = await deviceOf(world, 'phone', directory);
      await world.app.quiesce();
      for (const item of ITEMS) {
        const [own, theirs] = [await phone.open('notes', item), await laptop.get('notes', item)];
        assert.equal(own.checkpoint.dataHash, theirs.checkpoint.dataHash);
        assert.deepEqual(own.content, theirs.content);
      }
      assert.equal(phone.stats.rejected, 0);
      assert.ok(acknowledged >= KILLS * 20);
      await phone.close();
    } finally {
      await busy.stop();
      await laptop.close();
      await world.stop();
      await folder.remove();
    }
  });
});

interface Acknowledged {
  readonly item: string;
  readonly version: number;
  readonly hash: string;
}

/** A server that pushes whatever a user did to their other devices, however much that is. */
function pushing(): Promise<AppWorld> {
  return appWorld({ push: { policy: 'recent', mode: 'threshold', threshold: 0, startBytes: 10 ** 9 } });
}

async function deviceOf(world: AppWorld, device: string, directory?: string): Promise<Foresync> {
  return connect({
    endpoint: `http://127.0.0.1:${world.port}`,
    token: await world.tokens.token({ device }),
    spaces: ['notes'],
    ...(directory === undefined ? {} : { buffer: { kind: 'directory', path: directory } }),
  });
}

/** Writes and reports one item after another, small ones and ones of several chunks, until it is stopped. */
function keepWriting(laptop: Foresync): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = (async () => {
    for (let turn = 0; !stopping.signal.aborted; turn++) {
      const item = ITEMS[turn % ITEMS.length] ?? '';
      const bytes = turn % 5 === 0 ? 400_000 : 2_000;
      await laptop.write(
        'notes',
        item,
        new Uint8Array(bytes).map((_, index) => (index * turn) % 253),
      );
      laptop.report({ type: 'edited', item });
      await laptop.flush();
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Runs the phone until it acknowledged that many contents, then kills it; answers all that it acknowledged. */
async function killedAfter(
  world: AppWorld,
  directory: string,
  count: number,
): Promise<readonly Acknowledged[]> {
  const token = await world.tokens.token({ device: 'phone' });
  const child = spawned({ endpoint: `http://127.0.0.1:${world.port}`, token, directory });
  const acknowledged: Acknowledged[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [item = '', version, hash] = line.split(' ');
    if (version !== undefined && hash !== undefined)
      acknowledged.push({ item, version: Number(version), hash });
    // kill -9: nothing is flushed, nobody is told. What it wrote until it died still counts.
    if (acknowledged.length === count) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.equal(
    child.signalCode,
    'SIGKILL',
    `the device ended by itself after ${acknowledged.length} contents`,
  );
  return acknowledged;
}

function spawned(options: object): ChildProcess & { readonly stdout: NodeJS.ReadableStream } {
  const script = join(import.meta.dirname, '../support/client-child.ts');
  const args = ['--import', 'tsx', '--conditions=foresync-dev', script, JSON.stringify(options)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** What lies on the device's disk is what it acknowledged, or newer; and it is whole. */
async function mustHold(directory: string, acknowledged: readonly Acknowledged[]): Promise<void> {
  const storage = new DiskStorage(new DeviceFolder(directory), false);
  const buffer = await DeviceBuffer.open(storage, {
    hashing: await loadHashing(),
    capacity: 64 * 1024 * 1024,
    now: Date.now,
  });
  try {
    for (const { item, version, hash } of acknowledged) {
      const holding = buffer.get('notes', item);
      assert.ok(holding !== undefined, `${item} was acknowledged and is not held`);
      const { checkpoint } = holding;
      assert.ok(
        checkpoint.version >= version,
        `${item}: held ${checkpoint.version}, acknowledged ${version}`,
      );
      if (checkpoint.version === version) assert.equal(checkpoint.dataHash, hash);
      assert.notEqual(await buffer.read(holding), undefined, `${item} is damaged`);
    }
  } finally {
    await buffer.close();
  }
}
