import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Foresync, Transport } from '@foresync/client';
import { connect, grpcTransport } from '@foresync/client';
import { deafDevice } from '../support/deaf-device.js';
import { scratchFolder } from '../support/scratch.js';
import { freePort } from '../support/ports.js';
import { ServerProcess } from '../support/server-process.js';
import { TokenMaker } from '../support/tokens.js';
import { until } from '../support/until.js';

const SPACE = 'notes';
const READERS = 49;
const WRITES = 60;
const ROUNDS = 3;
/** No p99 below this says anything on a machine that others use too. */
const NOISE_MS = 20;

describe('a device that never reads, among 50', function () {
  this.timeout(180_000);

  it('slows nobody down, costs no memory, and is closed with a reason', async () => {
    const folder = await scratchFolder();
    const world = await start(folder.path);
    try {
      await world.push(WRITES);
      const [without, beside]: [number[], number[]] = [[], []];
      const before = await world.server.memory();
      for (let round = 0; round < ROUNDS; round++) {
        without.push(...(await world.push(WRITES)));
        const deaf = deafDevice(world.server.port, await world.token('deaf'), SPACE);
        await until(() => world.sessions() === READERS + 1, 'the deaf device has a session');
        beside.push(...(await world.push(WRITES)));
        // What it does not read has to be more than its window takes.
        await world.push(WRITES, 16_384);
        await until(() => world.stalled() === round + 1, 'the deaf device is cut off');
        deaf.leave();
      }
      const grown = (await world.server.memory()) - before;
      const [alone, together] = [p99(without), p99(beside)];
      assert.ok(
        together <= 2 * Math.max(alone, NOISE_MS),
        `p99 ${together} ms beside it, ${alone} ms without`,
      );
      assert.ok(grown < 32 * 1024 * 1024, `${grown} bytes more`);
      assert.equal(world.sessions(), READERS, 'nobody else was cut off');
    } finally {
      await world.close();
      await folder.remove();
    }
  });
});

async function start(folder: string) {
  const tokens = new TokenMaker();
  const metricsPort = await freePort();
  const server = await ServerProcess.start({
    server: { metricsListen: `127.0.0.1:${metricsPort}`, stallMs: 1_500 },
    auth: { secretFile: tokens.writeSecret(folder) },
    spaces: { list: [{ name: SPACE, shards: 1 }] },
    session: { deltas: false },
    push: { policy: 'recent', mode: 'threshold', threshold: 0, startBytes: 1e12 },
  });
  const token = (device: string): Promise<string> => tokens.token({ device, spaces: { [SPACE]: 'read' } });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const transport: Transport = grpcTransport({ endpoint });
  const writerToken = await tokens.token({ user: 'backend', device: null, spaces: { [SPACE]: 'write' } });
  const sent = new Map<string, number>();
  const waits: number[] = [];
  let metrics = '';
  const readers: Foresync[] = [];
  const write = async (item: string, content: Uint8Array): Promise<void> => {
    const header = { space: SPACE, item, ifMatch: NONE, createOnly: false, dataHash: NONE };
    const rest = { sizeBytes: BigInt(content.length), edges: [], modifiedMs: 0n, audience: [] };
    const at = performance.now();
    const call = { token: writerToken, timeoutMs: 20_000 };
    const { checkpoint } = await transport.put({ ...header, ...rest }, [content], call);
    sent.set(hex(checkpoint?.dataHash), at);
  };
  await write('hot.md', randomBytes(100));
  await write('other.md', randomBytes(100));
  for (let index = 0; index < READERS; index++) {
    const reader = await connect({ endpoint, token: await token(`device-${index}`), spaces: [SPACE] });
    readers.push(reader);
    void listen(reader, (dataHash, at) => waits.push(at - (sent.get(dataHash) ?? at)));
  }
  await view(readers[0], ['hot.md', 'other.md']);
  const polling = new AbortController();
  const poll = (async () => {
    while (!polling.signal.aborted) {
      metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      await sleep(100);
    }
  })();
  return {
    server,
    token,
    sessions: () => metric(metrics, 'foresync_open_sessions'),
    stalled: () => metric(metrics, 'foresync_session_ends_total{reason="stalled"}'),
    /** Writes and waits until every reader has the last content; how long each push took, ms. */
    push: async (writes: number, bytes = 2048): Promise<readonly number[]> => {
      waits.length = 0;
      for (let turn = 0; turn < writes; turn++) {
        await write('hot.md', randomBytes(bytes));
        await sleep(15);
      }
      const last = [...sent.keys()].at(-1);
      const have = (reader: Foresync): boolean => reader.held(SPACE, 'hot.md')?.checkpoint.dataHash === last;
      await until(() => readers.every(have), 'every reader holds the last content');
      return [...waits];
    },
    close: async () => {
      polling.abort();
      await poll;
      await Promise.all(readers.map((reader) => reader.close()));
      transport.close();
      await server.kill();
    },
  };
}

const NONE = new Uint8Array();

async function listen(reader: Foresync, arrived: (dataHash: string, at: number) => void): Promise<void> {
  for await (const event of reader.events())
    if (event.kind === 'pushed' && event.content) arrived(event.checkpoint.dataHash, performance.now());
}

async function view(reader: Foresync | undefined, items: readonly string[]): Promise<void> {
  for (const [turn, item] of items.entries()) {
    reader?.report({ type: 'viewed', space: SPACE, item, timeMs: Date.now() - 10_000 + turn * 1000 });
    await reader?.flush();
  }
}

const hex = (bytes: Uint8Array = NONE): string => Buffer.from(bytes).toString('hex');

/** A sample of the exposition format; 0 if it was never counted. */
function metric(text: string, name: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}

function p99(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
}
