import type { Endpoint } from './address.js';
import { nameOf } from './address.js';
import { closedFailure } from '../failures.js';
import type { PrimaryParts } from './primary.js';
import { Primary } from './primary.js';

/** Primaries that this process talks to, each opened when it is first needed; one that broke is opened anew. */
export class Pool {
  readonly #parts: PrimaryParts;
  readonly #open = new Map<string, Promise<Primary>>();
  #closed = false;

  constructor(parts: PrimaryParts) {
    this.#parts = parts;
  }

  /** Throws STORE_UNAVAILABLE, CONFIG_INVALID. */
  async get(endpoint: Endpoint): Promise<Primary> {
    if (this.#closed) throw closedFailure();
    const name = nameOf(endpoint);
    const opening = this.#open.get(name) ?? this.#start(name, endpoint);
    const primary = await opening;
    if (!primary.isBroken) return primary;
    await this.#forget(name, opening);
    return this.get(endpoint);
  }

  /** Those that are no primaries any more are closed. */
  async keepOnly(endpoints: readonly Endpoint[]): Promise<void> {
    const names = new Set(endpoints.map(nameOf));
    const gone = [...this.#open].filter(([name]) => !names.has(name));
    await Promise.all(gone.map(([name, opening]) => this.#forget(name, opening)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.keepOnly([]);
  }

  #start(name: string, endpoint: Endpoint): Promise<Primary> {
    const opening = Primary.open(endpoint, this.#parts);
    this.#open.set(name, opening);
    opening.catch(() => this.#remove(name, opening));
    return opening;
  }

  async #forget(name: string, opening: Promise<Primary>): Promise<void> {
    this.#remove(name, opening);
    // One that could not be opened has told those who wanted it.
    const primary = await opening.catch(() => null);
    await primary?.close();
  }

  #remove(name: string, opening: Promise<Primary>): void {
    if (this.#open.get(name) === opening) this.#open.delete(name);
  }
}
