import type { IHasher } from 'hash-wasm';
import { createSHA256 } from 'hash-wasm';
import type { Sha256 } from '@foresync/protocol/digest';

/** A digest of bytes that come one after another. Ends once, by `finish` or `cancel`. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  /** The 32 bytes. */
  finish(): Uint8Array;
  /** Gives up. */
  cancel(): void;
}

/** SHA-256 in WASM; ready for use without waiting, once it is loaded. Shared by all clients of a process. */
export interface Hashing {
  /** Digest of bytes that are there as a whole. */
  readonly sha256: Sha256;
  /** Starts a digest of its own; any number of them may run side by side. */
  start(): RunningHash;
}

/** Loads the WASM module, once a process. */
export function loadHashing(): Promise<Hashing> {
  loading ??= createSHA256().then((hasher) => new SharedHasher(hasher));
  return loading;
}

let loading: Promise<Hashing> | undefined;

/**
 * A WASM instance holds the state of one digest. So a running digest keeps its state outside, and whoever uses the
 * instance brings theirs: no two digests ever interleave in it, and any number of them cost one instance.
 */
class SharedHasher implements Hashing {
  readonly #hasher: IHasher;
  #inside: SavedHash | undefined;

  constructor(hasher: IHasher) {
    this.#hasher = hasher;
  }

  readonly sha256: Sha256 = (bytes) => {
    this.#inside?.save(this.#hasher);
    this.#inside = undefined;
    return this.#hasher.init().update(bytes).digest('binary');
  };

  start(): RunningHash {
    const own = new SavedHash();
    const hasher = (): IHasher => {
      if (this.#inside !== own) {
        this.#inside?.save(this.#hasher);
        own.restore(this.#hasher);
        this.#inside = own;
      }
      return this.#hasher;
    };
    const leave = (): void => {
      if (this.#inside === own) this.#inside = undefined;
    };
    return {
      update: (bytes) => void hasher().update(bytes),
      finish: () => {
        const digest = hasher().digest('binary');
        leave();
        return digest;
      },
      cancel: leave,
    };
  }
}

class SavedHash {
  #state: Uint8Array | undefined;

  save(hasher: IHasher): void {
    this.#state = hasher.save();
  }

  restore(hasher: IHasher): void {
    if (this.#state === undefined) hasher.init();
    else hasher.load(this.#state);
  }
}
