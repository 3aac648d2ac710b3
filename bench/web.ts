/**
 * What grpc-web through Envoy costs: contents that one device gets a second, asked for 200 at a time, over Sync and over
 * Subscribe with Reports, in turn, in one run. `npm run bench:web`
 */
import { connect, grpcTransport } from '@foresync/client';
import type { Transport } from '../clients/typescript/src/transport.js';
import { webTransport } from '../clients/typescript/src/transport-web.js';
import { EnvoyProcess } from '../test/support/envoy/envoy-process.js';
import { nodeWorlds } from '../test/support/node-worlds.js';

const ITEMS = 2_000;
const BYTES = 1_024;
const AT_A_TIME = 200;
const ROUNDS = 5;

const world = await nodeWorlds(1, { log: { level: 'silent' } });
const port = world.nodes[0]?.port ?? 0;
const envoy = await EnvoyProcess.start({ nodes: [port] });
const ways: Readonly<Record<string, () => Transport>> = {
  'direct gRPC': () => grpcTransport({ endpoint: `http://127.0.0.1:${port}` }),
  'grpc-web through Envoy': () => webTransport({ endpoint: envoy.url }),
};
const items = Array.from({ length: ITEMS }, (_, index) => `item ${index}`);

try {
  await write();
  const rates = new Map(Object.keys(ways).map((way) => [way, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++)
    for (const [way, transport] of Object.entries(ways))
      rates.get(way)?.push(await rate(way, round, transport()));
  for (const [way, found] of rates) {
    const [middle = 0] = found.sort((a, b) => a - b).slice(Math.floor(found.length / 2));
    console.log(
      `${way.padEnd(24)} ${Math.round(middle)} contents of ${BYTES} bytes a second (median of ${ROUNDS})`,
    );
  }
} finally {
  await envoy.stop();
  await world.stop();
}

async function write(): Promise<void> {
  const writer = await connect({
    endpoint: `http://127.0.0.1:${port}`,
    token: await world.tokens.token({}),
    spaces: ['notes'],
  });
  await each((item) => writer.write('notes', item, Buffer.alloc(BYTES, item)));
  await writer.close();
}

/** A device of its own each time: it holds nothing, so everything comes over the wire. */
async function rate(way: string, round: number, transport: Transport): Promise<number> {
  const token = await world.tokens.token({ device: `${way} ${round}` });
  const device = await connect({ transport, token, spaces: ['notes'] });
  const begun = performance.now();
  await each((item) => device.open('notes', item));
  const seconds = (performance.now() - begun) / 1000;
  await device.close();
  transport.close();
  return ITEMS / seconds;
}

async function each(work: (item: string) => Promise<unknown>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}
