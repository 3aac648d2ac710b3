import { LRUCache } from 'lru-cache';
import { ForesyncError } from '../../domain/errors.js';
import type { Pseudonym, SpaceId } from '../../domain/ids.js';
import type { RecurrentStates, StateStore } from '../../domain/model-port.js';
import { decodeState, encodeState, type OwnedState } from './state-codec.js';

/** States of one space in memory; beyond it the longest unused is left to the store. 10,000 of 1,000 columns are 40 MB. */
export const CACHED_STATES = 10_000;

export interface StateCounts {
  /** Reads that asked the store. */
  readonly loads: number;
  /** States of another model: the user begins again. */
  readonly foreign: number;
  /** Records that were no state. */
  readonly corrupt: number;
  /** Writes that another writer had overtaken, or that found a record which cannot be replaced. */
  readonly lost: number;
}

interface Entry {
  /** Version of the record; null if the store cannot read it, so that it cannot be replaced. */
  readonly version: number | null;
  readonly owned: OwnedState | null;
}

/** The recurrent states of a space's users: a bounded memory in front of the store. */
export class StoredStates implements RecurrentStates {
  readonly #space: SpaceId;
  readonly #store: StateStore;
  readonly #entries: LRUCache<Pseudonym, Entry>;
  #counts: StateCounts = { loads: 0, foreign: 0, corrupt: 0, lost: 0 };

  constructor(space: SpaceId, store: StateStore, cached = CACHED_STATES) {
    this.#space = space;
    this.#store = store;
    this.#entries = new LRUCache({ max: cached });
  }

  get counts(): StateCounts {
    return this.#counts;
  }

  /** Not to be changed by the caller. Throws STORE_UNAVAILABLE. */
  async get(user: Pseudonym, model: string): Promise<Float32Array | undefined> {
    const { owned } = await this.#entry(user);
    if (owned === null || owned.model === model) return owned?.state;
    this.#count('foreign');
    return undefined;
  }

  /** Seen by `get` at once, in the store when this resolves. Throws STORE_UNAVAILABLE: the outcome is unknown then. */
  async put(user: Pseudonym, model: string, state: Float32Array): Promise<void> {
    const owned = { model, state: state.slice() };
    const loaded = await this.#entry(user);
    // Read again, for others may have been waiting too; from here to the next set nobody comes between.
    const { version } = this.#entries.get(user) ?? loaded;
    if (version === null) {
      this.#entries.set(user, { version, owned });
      this.#count('lost');
      return;
    }
    // Before the write ends, so that a put that follows at once builds on this one.
    this.#entries.set(user, { version: version + 1, owned });
    let saved = false;
    try {
      saved = await this.#store.save(user, this.#space, version, encodeState(owned));
    } finally {
      // Another writer was first, or nobody knows: the store does.
      if (!saved) this.#entries.delete(user);
    }
    if (!saved) this.#count('lost');
  }

  /** Drops what is remembered of a user; the next use reads the store. */
  forget(user: Pseudonym): void {
    this.#entries.delete(user);
  }

  async #entry(user: Pseudonym): Promise<Entry> {
    const known = this.#entries.get(user);
    if (known !== undefined) return known;
    const loaded = await this.#load(user);
    // Whoever wrote meanwhile knows better.
    const meanwhile = this.#entries.get(user);
    if (meanwhile !== undefined) return meanwhile;
    this.#entries.set(user, loaded);
    return loaded;
  }

  async #load(user: Pseudonym): Promise<Entry> {
    this.#count('loads');
    try {
      const { version, bytes } = await this.#store.load(user, this.#space);
      const owned = bytes.length === 0 ? null : decodeState(bytes);
      if (owned === null && bytes.length > 0) this.#count('corrupt');
      return { version, owned };
    } catch (error) {
      if (!(error instanceof ForesyncError) || error.code !== 'STORE_CORRUPT') throw error;
      this.#count('corrupt');
      return { version: null, owned: null };
    }
  }

  #count(what: keyof StateCounts): void {
    this.#counts = { ...this.#counts, [what]: this.#counts[what] + 1 };
  }
}
