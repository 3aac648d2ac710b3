import type { Endpoint } from './address.js';
import type { Connection } from './connection.js';

/** Who is responsible for what, as far as anybody knows. What it says may be old: servers redirect whoever comes wrong. */
export interface Topology {
  /** The primary of a slot. Throws STORE_UNAVAILABLE while nobody knows one. */
  primaryOf(slot: number): Promise<Endpoint>;
  /** All primaries that are known. */
  primaries(): Promise<readonly Endpoint[]>;
  /** A server said that another one has the slot. */
  moved(slot: number, endpoint: Endpoint): void;
  /** Asks again who is responsible; those who ask while it is on its way share the answer. Never throws. */
  refresh(): Promise<void>;
  /** A name of the server that stays when its process is another. */
  nameOf(connection: Connection): Promise<string>;
  /** Whether the majority sees the server as a primary. */
  confirms(server: string, endpoint: Endpoint): Promise<boolean>;
  close(): void;
}
