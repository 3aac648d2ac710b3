/**
 * `npm run bench:web`: what grpc-web through Envoy costs. Contents of 1 KiB pushed as fast as real clients take, verify, keep
 * and acknowledge them, by a real session in a process of its own: over Sync, and over Subscribe with Reports through the
 * real Envoy, in turn, in one run.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { grpcTransport } from '@foresync/client';
import type { Transport } from '../clients/typescript/src/transport.js';
import { webTransport } from '../clients/typescript/src/transport-web.js';
import { EnvoyProcess } from '../test/support/envoy/envoy-process.js';
import { Child } from './push/child.js';
import type { Listening } from './push/messages.js';
import { median } from './push/statistics.js';
import { Receivers } from './web/receivers.js';

const BYTES = 1_024;
/** Of one burst, all devices together. */
const PUSHES = 20_000;
/** Bursts of one round, after one that warms up. */
const BURSTS = 3;
const ROUNDS = 3;
const DEVICES = [1, 20];

const WAYS = {
  'direct gRPC': (port: number) => direct(port),
  'grpc-web through Envoy': (port: number) => throughEnvoy(port),
} as const;

for (const devices of DEVICES) {
  const rates = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++)
    for (const [way, open] of Object.entries(WAYS))
      rates.set(way, [...(rates.get(way) ?? []), ...(await bursts(devices, open))]);
  for (const [way, found] of rates) console.log(line(devices, way, median(found)));
  const [plain = [], web = []] = [...rates.values()];
  // Burst by burst: what else the machine does changes by the minute.
  const ratio = median(web.map((rate, burst) => rate / (plain[burst] ?? Number.NaN)));
  console.log(`${' '.repeat(12)}${ratio.toFixed(2)} of direct gRPC (median of the bursts' ratios)`);
}

/** A way to the server for its devices, and what ends it. */
interface Way {
  readonly transport: () => Transport;
  readonly stop: () => Promise<void>;
}

function direct(port: number): Promise<Way> {
  const transport = (): Transport => grpcTransport({ endpoint: `http://127.0.0.1:${port}` });
  return Promise.resolve({ transport, stop: () => Promise.resolve() });
}

async function throughEnvoy(port: number): Promise<Way> {
  const envoy = await EnvoyProcess.start({ nodes: [port] });
  return { transport: () => webTransport({ endpoint: envoy.url }), stop: () => envoy.stop() };
}

/** Pushes a second of each burst. */
async function bursts(devices: number, open: (port: number) => Promise<Way>): Promise<number[]> {
  const server = new Child(new URL('./push/server.ts', import.meta.url), process.execArgv);
  try {
    const contents = (PUSHES / devices) * (BURSTS + 1);
    const order = { implementation: 'session', streams: devices, contentBytes: BYTES, contents };
    const { port, tokens } = await server.ask<Listening>('listen', order);
    const way = await open(port);
    try {
      return await received(server, await Receivers.connect(tokens, way.transport), devices);
    } finally {
      await way.stop();
    }
  } finally {
    server.end();
  }
}

async function received(server: Child, receivers: Receivers, devices: number): Promise<number[]> {
  try {
    for (let tries = 0; (await server.ask<number>('ready')) < devices; tries++) {
      if (tries > 500) throw new Error('not every device got ready');
      await wait(20);
    }
    const rates: number[] = [];
    const each = PUSHES / devices;
    for (let burst = 0; burst <= BURSTS; burst++) {
      const begun = performance.now();
      const all = receivers.receive(PUSHES);
      await server.ask('burst', { from: burst * each, to: (burst + 1) * each });
      await all;
      rates.push((PUSHES * 1000) / (performance.now() - begun));
    }
    return rates.slice(1);
  } finally {
    await receivers.close();
  }
}

function line(devices: number, way: string, rate: number): string {
  const who = `${devices} device${devices === 1 ? '' : 's'}`.padEnd(12);
  return `${who}${way.padEnd(24)}${Math.round(rate)} pushes a second (median of ${ROUNDS * BURSTS})`;
}
