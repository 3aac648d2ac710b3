/** Entry for Node: the transport is grpc-js, the buffer is a directory or memory. */
import type { BufferOptions } from './buffer-options.js';
import { groundIn } from './buffer-options.js';
import type { Foresync } from './client.js';
import type { GrpcOptions } from './grpc-channel.js';
import type { ClientOptions } from './options.js';
import { settingsOf } from './options.js';
import { start } from './start.js';
import type { Transport } from './transport.js';
import { grpcTransport } from './transport-grpc.js';

export * from './exports.js';
export type { BufferOptions, DirectoryBuffer, MemoryBuffer } from './buffer-options.js';
export type { GrpcOptions, TlsOptions } from './grpc-channel.js';
export type { Predictions } from './predictions.js';
export { grpcPredictions } from './predictions.js';
export type { PrivacyRights } from './privacy.js';
export { grpcPrivacy } from './privacy.js';
export { grpcTransport } from './transport-grpc.js';

/** Where the server is, or a transport that is shared with other clients and closed by whoever made it. */
export type ConnectOptions = ClientOptions & {
  /** What the device keeps, and where. Memory if left out. */
  readonly buffer?: BufferOptions | undefined;
} & (
    | (GrpcOptions & { readonly transport?: undefined })
    | { readonly transport: Transport; readonly endpoint?: undefined }
  );

/**
 * Connects a device. Resolves when its session is open and what it holds is known to be current; rejects with
 * UNAUTHENTICATED, SPACE_FORBIDDEN, BUFFER_IN_USE, TIMEOUT…
 *
 * @example
 * const client = await connect({
 *   endpoint: 'https://sync.example.com',
 *   token: () => fetchToken(),
 *   spaces: ['notes'],
 *   buffer: { kind: 'directory', path: './foresync' },
 * });
 */
export async function connect(options: ConnectOptions): Promise<Foresync> {
  const settings = settingsOf(options);
  const ground = groundIn(options.buffer ?? { kind: 'memory' });
  const { transport: shared } = options;
  if (shared !== undefined)
    return start(settings, { ...ground, transport: shared, release: () => undefined });
  const transport = grpcTransport(options);
  return start(settings, { ...ground, transport, release: () => transport.close() });
}
