/** Entry for browsers: no Node module and no grpc-js in its graph. The transport is given; the buffer is memory. */
import type { Foresync } from './client.js';
import { DEFAULT_BUFFER_BYTES } from './lru-index.js';
import type { ClientOptions } from './options.js';
import { settingsOf } from './options.js';
import { NoLog } from './record-log.js';
import { start } from './start.js';
import { MemoryStorage } from './storage-memory.js';
import type { Transport } from './transport.js';

export * from './exports.js';

export interface ConnectOptions extends ClientOptions {
  /** How the server is reached; may be shared with other clients, and is closed by whoever made it. */
  readonly transport: Transport;
  /** Bytes of content that are kept; beyond them the least recently used goes. Default 64 MiB. */
  readonly capacityBytes?: number | undefined;
}

/** Connects a device. Resolves when its session is open and what it holds is known to be current. */
export async function connect(options: ConnectOptions): Promise<Foresync> {
  const { transport, capacityBytes: capacity = DEFAULT_BUFFER_BYTES } = options;
  const ground = { storage: new MemoryStorage(), outboxLog: new NoLog(), capacity };
  return start(settingsOf(options), { ...ground, transport, release: () => undefined });
}
