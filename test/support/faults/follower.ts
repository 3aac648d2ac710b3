import { ForesyncError } from '../../../src/domain/errors.js';
import type { SpaceId } from '../../../src/domain/ids.js';
import type { Head } from '../../../src/domain/item.js';
import type { Store } from '../../../src/domain/store-port.js';
import type { DeviceHistory, History } from '../history.js';

/**
 * Follows the logs of a space from another node, as the tail of a server does, and tells the history what it was told: in
 * place of a device, so that positions, versions and what is known in the end are checked by the same rules.
 */
export class Follower {
  /** The newest that it was told of each item. */
  readonly heads = new Map<string, Head>();
  resyncs = 0;
  readonly #store: Store;
  readonly #space: SpaceId;
  readonly #device: DeviceHistory;
  readonly #stop = new AbortController();
  readonly #places = new Map<number, { epoch: string; offset: number }>();
  readonly #done: Promise<void>;

  constructor(store: Store, space: SpaceId, history: History) {
    this.#store = store;
    this.#space = space;
    this.#device = history.device('follower', 'node', [space]);
    this.#device.connected([]);
    this.#done = this.#run();
  }

  /** Reads every log to its end once more, then ends. */
  async finish(): Promise<void> {
    this.#stop.abort();
    await this.#done;
    for (let shard = 0; shard < ((await this.#store.spaces.meta(this.#space))?.shards ?? 0); shard++)
      await this.#read(shard);
  }

  async #run(): Promise<void> {
    for await (const shard of this.#store.spaces.wakeUps(this.#space, this.#stop.signal)) {
      await this.#read(shard).catch((thrown: unknown) => {
        // The next change wakes it again, and the end of the test reads everything.
        if (ForesyncError.from(thrown).code !== 'STORE_UNAVAILABLE') throw thrown;
      });
    }
  }

  async #read(shard: number): Promise<void> {
    for (;;) {
      const at = this.#places.get(shard) ?? { epoch: '', offset: 0 };
      const page = await this.#store.spaces.readLog(this.#space, shard, at.offset, 500);
      const { epoch, low, high } = page.bounds;
      if (page.kind === 'compacted' || epoch !== at.epoch || high < at.offset) {
        this.#startAnew(shard, epoch, low, at.epoch !== '');
        continue;
      }
      for (const { head } of page.changes) {
        this.heads.set(head.item, head);
        this.#device.told(this.#space, head.item, head.version, head.dataHash);
      }
      const last = page.changes.at(-1);
      if (last === undefined) return;
      this.#places.set(shard, { epoch, offset: last.head.version });
      this.#device.position({ space: this.#space, shard, epoch, offset: last.head.version });
    }
  }

  /** The log is another one than before: what was known of the shard counts no more. */
  #startAnew(shard: number, epoch: string, low: number, known: boolean): void {
    this.#places.set(shard, { epoch, offset: low });
    for (const [item, head] of this.heads) if (head.shard === shard) this.heads.delete(item);
    if (!known) return;
    this.resyncs++;
    this.#device.anew(this.#space);
  }
}
