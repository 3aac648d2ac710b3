import type { Readable } from 'node:stream';
import { ForesyncError } from '../../domain/errors.js';
import type { Arrived } from './arrived.js';
import type { Tally } from './tally.js';

/** The messages of a stream as they arrive. Leaving the loop leaves the stream open, for there may be something to write. */
export async function* arrivals<T>(call: Readable, tally: Tally): AsyncGenerator<Arrived<T>> {
  // The definition of the service deserializes into nothing else.
  for await (const arrived of call.iterator({ destroyOnReturn: false }) as AsyncIterable<Arrived<T>>) {
    tally.received(arrived.bytes);
    yield arrived;
  }
}

/** The same, aborted with SLOW_CONSUMER when `idleMs` pass between two messages. */
export async function* busyArrivals<T>(
  call: Readable,
  tally: Tally,
  idleMs: number,
  controller: AbortController,
): AsyncGenerator<Arrived<T>> {
  const idle = setTimeout(() => controller.abort(silent(idleMs)), idleMs);
  try {
    for await (const arrived of arrivals<T>(call, tally)) {
      yield arrived;
      idle.refresh();
    }
  } finally {
    clearTimeout(idle);
  }
}

function silent(idleMs: number): ForesyncError {
  const facts = { limit: String(idleMs) };
  return new ForesyncError('SLOW_CONSUMER', `no message came for ${idleMs} ms`, { facts });
}
