import { withinTime } from '../../../util/abort.js';
import type { Access } from '../access.js';
import type { Endpoint } from '../address.js';
import { overConnection } from '../connection.js';
import type { KeyKind } from './key-names.js';
import { isOf, PATTERNS } from './key-names.js';

/** Keys that one pass keeps: beyond it another pass finds the next ones. */
const KEPT = 250_000;
/** Keys that a server looks at between two answers. */
const LOOKED_AT = 2_000;

/**
 * Finds keys, which no other key lists, by passes over all primaries. SCAN goes on only in one process, so a pass that a
 * failover cuts off is made again. Throws STORE_UNAVAILABLE.
 */
export class KeyLists {
  readonly #access: Access;
  readonly #kept: number;

  constructor(access: Access, kept = KEPT) {
    this.#access = access;
    this.#kept = kept;
  }

  /** Keys of a kind after this one, in an order that is always the same. */
  async *after(kind: KeyKind, start: string): AsyncGenerator<string> {
    for (let last = start; ; ) {
      const found = await this.#access.router.attempt(() => this.#pass(kind, last));
      yield* found;
      if (found.length < this.#kept) return;
      last = found.at(-1) ?? last;
    }
  }

  /** About how many there are; while slots move, more. */
  async count(kind: KeyKind): Promise<number> {
    return this.#access.router.attempt(async () => {
      let count = 0;
      await this.#scan(kind, () => count++);
      return count;
    });
  }

  /** The first keys after `last`. */
  async #pass(kind: KeyKind, last: string): Promise<readonly string[]> {
    let found: string[] = [];
    await this.#scan(kind, (key) => {
      if (key <= last) return;
      found.push(key);
      if (found.length >= 2 * this.#kept) found = first(found, this.#kept);
    });
    return first(found, this.#kept);
  }

  async #scan(kind: KeyKind, each: (key: string) => void): Promise<void> {
    for (const endpoint of await this.#access.topology.primaries()) await this.#scanOne(endpoint, kind, each);
  }

  async #scanOne(endpoint: Endpoint, kind: KeyKind, each: (key: string) => void): Promise<void> {
    const { dialling, settings } = this.#access;
    await overConnection(endpoint, dialling, async (redis) => {
      let cursor = '0';
      do {
        const page = redis.scan(cursor, 'MATCH', PATTERNS[kind], 'COUNT', LOOKED_AT);
        const [next, keys] = await withinTime(settings.commandMs, page);
        for (const key of keys) if (isOf(kind, key)) each(key);
        cursor = next;
      } while (cursor !== '0');
    });
  }
}

/** Each once, in order, so many. */
function first(keys: readonly string[], kept: number): string[] {
  return [...new Set(keys)].sort().slice(0, kept);
}
