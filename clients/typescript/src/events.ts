import type { Checkpoint } from './checkpoint.js';
import type { ConnectionState } from './connection-state.js';
import type { ForesyncClientError } from './errors.js';

/** Something that happened, for whoever listens (`client.events()`). */
export type ForesyncEvent =
  | PushedEvent
  | InvalidatedEvent
  /** A content had to go, for room or because it was deleted or damaged. */
  | { readonly kind: 'evicted'; readonly space: string; readonly item: string; readonly dataHash: string }
  | ConnectionEvent
  | RejectedEvent
  /** Every activity batch up to this number is durable on the server, and how safely. */
  | { readonly kind: 'durable'; readonly sequence: number; readonly durability: Durability }
  /** The server refused something that the client sent, an activity batch for example. */
  | { readonly kind: 'refused'; readonly error: ForesyncClientError }
  /** Activities were given up: refused, or more than the client keeps. */
  | { readonly kind: 'lost'; readonly activities: number }
  /** The device could not store something; it is tried again every second, and nothing is acknowledged until then. */
  | { readonly kind: 'storage'; readonly error: ForesyncClientError }
  /** The listener was too slow: that many of its oldest events are missing before this one. */
  | { readonly kind: 'overflow'; readonly missed: number };

/** Something that nobody asked for came, because it is likely to be needed next. */
export interface PushedEvent {
  readonly kind: 'pushed';
  readonly checkpoint: Checkpoint;
  /** Whether the content came along and is held; else only the checkpoint did. */
  readonly content: boolean;
  /** Why, strongest first, for people to read. */
  readonly reasons: readonly Reason[];
}

export interface Reason {
  readonly code: string;
  readonly text: string;
  readonly weight: number;
}

/** What is held of an item is no longer current. */
export interface InvalidatedEvent {
  readonly kind: 'invalidated';
  readonly space: string;
  readonly item: string;
  /** The item was deleted, and what was held of it with it. */
  readonly deleted: boolean;
}

export interface ConnectionEvent {
  readonly kind: 'connection';
  readonly state: ConnectionState;
  /** Why the connection ended, or why it cannot be. */
  readonly error?: ForesyncClientError | undefined;
  /** When the next attempt is made, ms from now. */
  readonly retryInMs?: number | undefined;
}

/** A content did not match its hash: it was dropped, and nobody saw it. */
export interface RejectedEvent {
  readonly kind: 'rejected';
  readonly space: string;
  readonly item: string;
  /** Hash that it should have had. */
  readonly dataHash: string;
  readonly problem: string;
  /** Whether it is asked for again: at most three times in a row. */
  readonly again: boolean;
}

/** How safely the server keeps something. */
export type Durability = 'local' | 'replicated' | 'degraded';
