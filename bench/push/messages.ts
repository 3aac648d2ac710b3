/** What the bench tells its processes, and what they answer. Times in ms, sizes in bytes. */

/** `foresync`: our edge and outbox. `session`: the whole session, which also reads the store and keeps the manifest. */
export type Implementation = 'foresync' | 'session' | 'grpc-js' | 'http2';

export interface ServerOrder {
  readonly implementation: Implementation;
  readonly streams: number;
  /** Bytes of one content. */
  readonly contentBytes: number;
  /** Contents that each stream will get. */
  readonly contents: number;
}

export interface Listening {
  readonly port: number;
  /** One a stream. */
  readonly tokens: readonly string[];
}

export interface ClientOrder extends Listening {
  readonly streams: number;
  /** Connections that the streams share; as many as streams gives each its own. */
  readonly connections: number;
  /** Whether to acknowledge each frame, as a device does. */
  readonly acknowledges: boolean;
}

/** Pushes of a paced run, in order of their sending: by which stream, and when by the machine's monotonic clock. */
export interface Sent {
  readonly atUs: readonly number[];
}

export interface Memory {
  readonly heapBytes: number;
  readonly rssBytes: number;
}
