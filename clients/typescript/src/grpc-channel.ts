import type { ChannelOptions } from '@grpc/grpc-js';
import { ChannelCredentials, Client } from '@grpc/grpc-js';
import { fieldInvalid } from './errors.js';

/** Where the server is, and how to trust it. */
export interface GrpcOptions {
  /** `https://host:port` for TLS; `http://host:port` for none, which shows the token to whoever listens. */
  readonly endpoint: string;
  readonly tls?: TlsOptions | undefined;
}

/** PEM texts or bytes. */
export interface TlsOptions {
  /** Who may sign the server's certificate; the system's authorities if left out. */
  readonly ca?: string | Uint8Array | undefined;
  /** The client's own key and certificate, for a server that asks for them. */
  readonly key?: string | Uint8Array | undefined;
  readonly cert?: string | Uint8Array | undefined;
  /** Name that the server's certificate must carry, if not the endpoint's. */
  readonly serverName?: string | undefined;
}

/** A grpc-js client for raw calls. Connects with the first one. Throws FIELD_INVALID. */
export function channelOf({ endpoint, tls }: GrpcOptions): Client {
  const url = parsed(endpoint);
  const secure = url.protocol === 'https:';
  if (!secure && tls !== undefined) throw fieldInvalid('tls', 'is given, but the endpoint is http://');
  const port = url.port === '' ? (secure ? '443' : '80') : url.port;
  return new Client(
    `${url.hostname}:${port}`,
    secure ? tlsCredentials(tls) : ChannelCredentials.createInsecure(),
    {
      ...CHANNEL_OPTIONS,
      ...(tls?.serverName === undefined
        ? {}
        : { 'grpc.ssl_target_name_override': tls.serverName, 'grpc.default_authority': tls.serverName }),
    },
  );
}

const CHANNEL_OPTIONS: ChannelOptions = {
  // grpc-js keeps what it might have to send again, for as long as a stream lives.
  'grpc.enable_retries': 0,
  // The default of 64 KiB a round trip would throttle pushes.
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
  // Heartbeats of the session notice a dead peer; this keeps middleboxes from forgetting the connection.
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  // The client waits by its own rules (backoff.ts); the channel shall not add to them.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  // Apart from other channels to the same server, so that closing means closing.
  'grpc.use_local_subchannel_pool': 1,
};

function parsed(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') {
    throw fieldInvalid('endpoint', 'is not https://host:port or http://host:port');
  }
  return url;
}

function tlsCredentials({ ca, key, cert }: TlsOptions = {}): ChannelCredentials {
  if ((key === undefined) !== (cert === undefined))
    throw fieldInvalid('tls', 'has a key or a cert, but not both');
  return ChannelCredentials.createSsl(pem(ca), pem(key), pem(cert));
}

function pem(value: string | Uint8Array | undefined): Buffer | null {
  return value === undefined ? null : Buffer.from(value);
}
