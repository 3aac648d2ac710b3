/**
 * A device in a process of its own, to be killed: connects with a directory, and writes to standard output what it
 * acknowledges, before the server hears of it: `ITEM VERSION HASH`, one a line.
 */
import { writeSync } from 'node:fs';
import type { SessionLink, Transport } from '@foresync/client';
import { connect, grpcTransport } from '@foresync/client';
import type { Checkpoint, ClientEvent, ServerEvent } from '@foresync/protocol';

// The parent wrote it.
const options = JSON.parse(process.argv[2] ?? '') as { endpoint: string; token: string; directory: string };
const inner = grpcTransport({ endpoint: options.endpoint });
/** What each delivery completed, and the transfers that are under way. */
const completed = new Map<bigint, Checkpoint>();
const transfers = new Map<bigint, Checkpoint>();
let told = 0n;

const transport: Transport = {
  openSession: (hello, token) => tapped(inner.openSession(hello, token)),
  put: (header, chunks, call) => inner.put(header, chunks, call),
  get: (request, call) => inner.get(request, call),
  delete: (request, call) => inner.delete(request, call),
  list: (request, call) => inner.list(request, call),
  close: () => inner.close(),
};
const buffer = { kind: 'directory', path: options.directory, surviving: 'process' } as const;
await connect({ transport, token: options.token, spaces: ['notes'], buffer });
process.stdout.write('connected\n');

function tapped(link: SessionLink): SessionLink {
  return {
    frames: seen(link.frames),
    send: (events) => {
      for (const { event } of events) tell(event);
      return link.send(events);
    },
    finish: () => link.finish(),
    cancel: () => link.cancel(),
  };
}

async function* seen(frames: AsyncIterable<readonly ServerEvent[]>): AsyncGenerator<readonly ServerEvent[]> {
  for await (const events of frames) {
    for (const { delivery, event } of events) note(delivery, event);
    yield events;
  }
}

function note(delivery: bigint, event: ServerEvent['event']): void {
  if (event?.$case === 'push' && event.value.checkpoint !== undefined) {
    const { checkpoint, transfer } = event.value;
    if (transfer === 0n) completed.set(delivery, checkpoint);
    else transfers.set(transfer, checkpoint);
  }
  if (event?.$case !== 'chunk' || !event.value.last) return;
  const checkpoint = transfers.get(event.value.transfer);
  if (checkpoint !== undefined && !event.value.cancelled) completed.set(delivery, checkpoint);
  transfers.delete(event.value.transfer);
}

function tell(event: ClientEvent['event']): void {
  if (event?.$case !== 'ack') return;
  for (let delivery = told + 1n; delivery <= event.value.delivery; delivery++) {
    const checkpoint = completed.get(delivery);
    if (checkpoint === undefined) continue;
    const hash = Buffer.from(checkpoint.dataHash).toString('hex');
    writeSync(1, `${checkpoint.item} ${checkpoint.version} ${hash}\n`);
  }
  if (event.value.delivery > told) told = event.value.delivery;
}
