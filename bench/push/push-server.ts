import type { Listening } from './messages.js';

/** Contents of the workload, `to` excluded. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A server under test. */
export interface PushServer {
  listen(): Promise<Listening>;
  /** Streams that are ready to be pushed to. */
  readonly ready: number;
  /** Pushes these contents to every stream, as fast as they take it; resolves when all is handed over. */
  burst(range: Range): Promise<void>;
  /** Pushes one content to one stream now. */
  push(stream: number, content: number): void;
}
