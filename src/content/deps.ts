import type { Clock } from '../domain/clock.js';
import type { Store, UserStore } from '../domain/store-port.js';

/** What the use cases of content stand on. */
export interface ContentDeps {
  readonly store: Pick<Store, 'spaces' | 'blobs'> & { readonly users: Pick<UserStore, 'checkpoints'> };
  readonly clock: Clock;
  readonly limits: ContentLimits;
  /** Makes a space at the first write that a token grants on it, with this many shards; null = a space must exist. */
  readonly autoCreate: { readonly shards: number } | null;
}

export interface ContentLimits {
  /** Bytes of one item's content. */
  readonly itemBytes: number;
  /** Bytes of one chunk, read or written. */
  readonly chunkBytes: number;
}
