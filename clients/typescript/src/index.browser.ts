/** Entry for browsers and their workers: the transport is grpc-web, the buffer is IndexedDB or memory; no Node module, no grpc-js. */
import type { BrowserBuffer } from './browser-buffer.js';
import { capacityOf, DEFAULT_NAME, refuseInsecure } from './browser-buffer.js';
import type { ClientOptions, Settings } from './options.js';
import { settingsOf } from './options.js';
import { NoLog } from './record-log.js';
import { start } from './start.js';
import { MemoryStorage } from './storage-memory.js';
import { connectTab } from './tabs/connect-tab.js';
import type { ForesyncClient } from './tabs/tab-client.js';
import type { Transport } from './transport.js';
import type { WebOptions } from './transport-web.js';
import { webTransport } from './transport-web.js';

export * from './exports.js';
export type { BrowserBuffer, IndexedDbBuffer, MemoryBuffer } from './browser-buffer.js';
export { deleteBuffer } from './browser-buffer.js';
export type { ForesyncClient } from './tabs/tab-client.js';
export type { WebOptions } from './transport-web.js';
export { webTransport } from './transport-web.js';

/** Where Envoy is, or a transport that is shared with other clients and closed by whoever made it. */
export type ConnectOptions = ClientOptions & {
  /** What the device keeps, and where. IndexedDB if left out. */
  readonly buffer?: BrowserBuffer | undefined;
} & (
    | (WebOptions & { readonly transport?: undefined })
    | { readonly transport: Transport; readonly endpoint?: undefined }
  );

/**
 * Connects a device. Resolves when its session is open and what it holds is known to be current; rejects with
 * UNAUTHENTICATED, SPACE_FORBIDDEN, STORAGE_FAILED, TIMEOUT… All tabs of a device share one stream and one buffer.
 *
 * @example const client = await connect({ endpoint: 'https://edge.example.com', token: () => fetchToken(), spaces: ['notes'] });
 */
export async function connect(options: ConnectOptions): Promise<ForesyncClient> {
  const settings = settingsOf(options);
  const buffer = options.buffer ?? { kind: 'indexeddb' };
  if (buffer.kind === 'indexeddb') refuseInsecure();
  const capacity = await capacityOf(buffer);
  const transport = options.transport ?? webTransport(options);
  const release = (): void => (options.transport === undefined ? transport.close() : undefined);
  if (buffer.kind === 'memory') return inMemory(settings, { transport, capacity, release });
  return connectTab(settings, { name: buffer.name ?? DEFAULT_NAME, transport, capacity, release });
}

function inMemory(
  settings: Settings,
  ground: { readonly transport: Transport; readonly capacity: number; readonly release: () => void },
): Promise<ForesyncClient> {
  return start(settings, {
    ...ground,
    storage: new MemoryStorage(),
    outboxLog: new NoLog(),
    learnedLog: new NoLog(),
  });
}
