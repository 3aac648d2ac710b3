import type { Request } from '@foresync/protocol';
import type { DeviceBuffer } from './buffer.js';
import type { Checkpoint } from './checkpoint.js';
import { wireCheckpoint } from './wire-checkpoint.js';
import type { Deferred } from './deferred.js';
import { deferred } from './deferred.js';
import { ForesyncClientError } from './errors.js';
import { itemKey } from './ids.js';

/** Items that may be waited for at a time. */
const MAX_OPEN = 1024;
/** How often in a row a content is asked for again that did not match its hash. */
export const MAX_RETRIES = 3;
/** Contents that are remembered as given up; beyond them the oldest is forgotten. */
const MAX_GIVEN_UP = 1024;

/** What came of asking: a content, or that the one held is current (null). */
export interface Answered {
  readonly checkpoint: Checkpoint;
  readonly content: Uint8Array | null;
}

interface Ask {
  id: bigint;
  readonly space: string;
  readonly item: string;
  /** Ask without naming what is held, so that neither a delta nor `not_modified` can be the answer. */
  full: boolean;
  retries: number;
  waiters: number;
  readonly answer: Deferred<Answered>;
  /** Resolves when the session that was asked is gone. */
  lost: Deferred<undefined>;
}

/** One caller's share in a request. */
export interface Waiting {
  readonly answer: Promise<Answered>;
  readonly lost: Promise<undefined>;
  /** This caller waits no longer. */
  leave(): void;
}

/** Contents that were asked for: everyone who waits for one item shares a request, which outlives a lost session. */
export class Opens {
  readonly #buffer: DeviceBuffer;
  readonly #asks = new Map<string, Ask>();
  readonly #byId = new Map<bigint, Ask>();
  /** Hash, by item, of contents that came corrupt too often. */
  readonly #givenUp = new Map<string, string>();
  #send: ((request: Request) => void) | undefined;
  #lastId = 0n;

  constructor(buffer: DeviceBuffer) {
    this.#buffer = buffer;
  }

  /** A session begins: what is waited for is asked for again. */
  connected(send: (request: Request) => void): void {
    this.#send = send;
    for (const ask of this.#asks.values()) this.#ask(ask);
  }

  /** The session ended: what nobody waits for is let go. */
  disconnected(): void {
    this.#send = undefined;
    for (const ask of [...this.#asks.values()]) {
      ask.lost.resolve(undefined);
      ask.lost = deferred();
      if (ask.waiters === 0) this.#forget(ask);
    }
  }

  /** Asks for an item's current content. Throws TOO_MANY_OPENS. */
  ask(space: string, item: string): Waiting {
    this.#givenUp.delete(itemKey(space, item));
    const ask = this.#asks.get(itemKey(space, item)) ?? this.#start(space, item, { full: false, retries: 0 });
    if (ask === undefined)
      throw new ForesyncClientError('TOO_MANY_OPENS', `more than ${MAX_OPEN} items are waited for`);
    ask.waiters++;
    const leave = (): void => {
      ask.waiters--;
      if (ask.waiters === 0) this.#forget(ask);
    };
    return { answer: ask.answer.promise, lost: ask.lost.promise, leave };
  }

  /** A verified content of this item came, asked for or not: it serves everyone who waits for the item. */
  found(checkpoint: Checkpoint, content: Uint8Array): void {
    const key = itemKey(checkpoint.space, checkpoint.item);
    this.#givenUp.delete(key);
    const ask = this.#asks.get(key);
    if (ask !== undefined) this.#settle(ask).answer.resolve({ checkpoint, content });
  }

  /** What is held is current. If it is held no longer, the whole content is asked for. */
  notModified(requestId: bigint, checkpoint: Checkpoint): void {
    const ask = this.#byId.get(requestId);
    const held = this.#buffer.confirm(checkpoint);
    if (ask === undefined) return;
    if (held) this.#settle(ask).answer.resolve({ checkpoint, content: null });
    else this.#askWhole(ask);
  }

  /** The request was answered with an error. */
  failed(requestId: bigint, error: ForesyncClientError): void {
    const ask = this.#byId.get(requestId);
    if (ask === undefined) return;
    if (error.code === 'ITEM_UNKNOWN') this.#buffer.drop(ask.space, ask.item);
    this.#settle(ask).answer.reject(error);
  }

  /** A content of this checkpoint did not match it. Says whether it is asked for again. */
  corrupt({ space, item, dataHash }: Checkpoint, problem: string): boolean {
    const key = itemKey(space, item);
    const ask = this.#asks.get(key);
    if (ask === undefined) {
      if (this.#givenUp.get(key) === dataHash) return false;
      return this.#start(space, item, { full: true, retries: 1 }) !== undefined;
    }
    if (ask.retries < MAX_RETRIES) {
      ask.retries++;
      this.#askWhole(ask);
      return true;
    }
    this.#giveUp(key, dataHash);
    const message = `the content of ${item} came corrupt ${MAX_RETRIES + 1} times: it ${problem}`;
    this.#settle(ask).answer.reject(new ForesyncClientError('CONTENT_CORRUPT', message));
    return false;
  }

  /** Nobody will answer any more. */
  close(error: ForesyncClientError): void {
    this.#send = undefined;
    for (const ask of [...this.#asks.values()]) this.#settle(ask).answer.reject(error);
  }

  #start(space: string, item: string, how: { full: boolean; retries: number }): Ask | undefined {
    if (this.#asks.size >= MAX_OPEN) return undefined;
    const ask: Ask = { id: 0n, space, item, ...how, waiters: 0, answer: deferred(), lost: deferred() };
    this.#asks.set(itemKey(space, item), ask);
    this.#ask(ask);
    return ask;
  }

  #askWhole(ask: Ask): void {
    ask.full = true;
    this.#ask(ask);
  }

  #ask(ask: Ask): void {
    this.#byId.delete(ask.id);
    ask.id = ++this.#lastId;
    this.#byId.set(ask.id, ask);
    const held = ask.full ? undefined : this.#buffer.get(ask.space, ask.item)?.checkpoint;
    const latest = held && { ...wireCheckpoint(held), userContext: '', dependencyHashes: [], edges: [] };
    this.#send?.({ requestId: ask.id, space: ask.space, item: ask.item, latest });
  }

  #settle(ask: Ask): Ask {
    this.#forget(ask);
    return ask;
  }

  #forget(ask: Ask): void {
    this.#byId.delete(ask.id);
    if (this.#asks.get(itemKey(ask.space, ask.item)) === ask) this.#asks.delete(itemKey(ask.space, ask.item));
  }

  #giveUp(key: string, dataHash: string): void {
    this.#givenUp.set(key, dataHash);
    const [oldest] = this.#givenUp.keys();
    if (this.#givenUp.size > MAX_GIVEN_UP && oldest !== undefined) this.#givenUp.delete(oldest);
  }
}
