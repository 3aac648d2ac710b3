/** The devices of the bench: read as fast as they can, and acknowledge each frame where that is asked for. */
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { SyncRequest } from '@foresync/protocol';
import { answer } from './child.js';
import type { Scanned } from './frame-scan.js';
import { scan } from './frame-scan.js';
import type { ClientOrder } from './messages.js';
import { SPACE } from './workload.js';

const PATH = '/foresync.v1.SyncService/Sync';

let wanted = Infinity;
let received = 0;
let done: (lastUs: number) => void = () => undefined;
let all: Promise<number> = Promise.resolve(0);
/** By stream: when each of its pushes arrived. */
let arrivals: number[][] | null = null;
const clients: Client[] = [];

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

answer({
  connect: async (order: ClientOrder) => {
    const { port, tokens, streams, connections, acknowledges } = order;
    for (let index = 0; index < connections; index++) clients.push(channel(port));
    const ready = Array.from({ length: streams }, (_, index) => {
      const client = clients[index % connections];
      if (client === undefined) throw new Error('there are no connections');
      return open(client, index, tokens[index] ?? '', acknowledges);
    });
    await Promise.all(ready);
  },
  /** To be answered before the first of so many pushes is sent. */
  expect: (pushes: number) => {
    wanted = pushes;
    received = 0;
    all = new Promise((resolve) => (done = resolve));
  },
  /** Resolves with the time when the last of the expected pushes arrived, µs. */
  all: () => all,
  /** From now on the time of each arrival is kept, until they are asked for. */
  listen: () => void (arrivals = []),
  arrivals: () => {
    const found = arrivals;
    arrivals = null;
    return found;
  },
});

function channel(port: number): Client {
  return new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
    'grpc-node.flow_control_window': 4 * 1024 * 1024,
  });
}

/** Resolves when the server has said something. */
function open(client: Client, index: number, token: string, acknowledges: boolean): Promise<void> {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const call = client.makeBidiStreamRequest<Buffer, Buffer>(PATH, same, same, metadata);
  call.write(hello(index));
  return new Promise((resolve, reject) => {
    call.on('error', reject);
    call.on('data', (frame: Buffer) => {
      resolve();
      taken(call, index, frame, acknowledges);
    });
  });
}

const seen: Scanned = { pushes: 0, delivery: 0 };

function taken(
  call: ClientDuplexStream<Buffer, Buffer>,
  index: number,
  frame: Buffer,
  acknowledges: boolean,
): void {
  seen.pushes = 0;
  scan(frame, seen);
  if (acknowledges) call.write(acknowledgement(seen.delivery));
  if (seen.pushes === 0) return;
  if (arrivals !== null) {
    const own = (arrivals[index] ??= []);
    for (let push = 0; push < seen.pushes; push++) own.push(nowUs());
  }
  received += seen.pushes;
  if (received >= wanted) done(nowUs());
}

const same = (bytes: Buffer): Buffer => bytes;

/** The client's version tells the server which stream it is. */
function hello(index: number): Buffer {
  return encoded({
    $case: 'hello',
    value: {
      resumeToken: new Uint8Array(0),
      spaces: [SPACE],
      digests: [],
      budget: undefined,
      locationPermitted: false,
      clientVersion: String(index),
    },
  });
}

function acknowledgement(delivery: number): Buffer {
  const nothing = { opened: [], held: [], evicted: [], rejected: [] };
  return encoded({ $case: 'ack', value: { delivery: BigInt(delivery), ...nothing } });
}

type Event = NonNullable<SyncRequest['events'][number]['event']>;

function encoded(event: Event): Buffer {
  return Buffer.from(SyncRequest.encode({ events: [{ event }] }).finish());
}
