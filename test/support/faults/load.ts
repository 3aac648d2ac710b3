import { setTimeout as sleep } from 'node:timers/promises';
import type { Durability } from '../../../src/domain/checkpoint.js';
import { ForesyncError } from '../../../src/domain/errors.js';
import type { SpaceId } from '../../../src/domain/ids.js';
import { deviceId, itemId, pseudonym } from '../../../src/domain/ids.js';
import type { Store } from '../../../src/domain/store-port.js';
import type { History } from '../history.js';

export interface LoadOptions {
  readonly store: Store;
  readonly space: SpaceId;
  readonly history: History;
  readonly users: number;
  /** Pause of a user between two writes, ms. */
  readonly everyMs: number;
}

/** What a write needed: when it was first sent and when it was acknowledged, ms of the process' own clock. */
interface Acknowledged {
  readonly sentMs: number;
  readonly ackedMs: number;
  readonly durability: Durability;
}

const DEVICE = deviceId('phone');

/**
 * Users who write, each one write after the other: batches of activities, and every other time a content of their own item.
 * A write that fails is sent again until it is acknowledged, as devices do.
 */
export class Load {
  readonly acknowledged: Acknowledged[] = [];
  /** Errors that a user saw, by their code. */
  readonly errors = new Map<string, number>();
  /** Highest batch of each user that was acknowledged as REPLICATED. */
  readonly sequences = new Map<string, number>();
  readonly #options: LoadOptions;
  readonly #users: Promise<void>[];
  #stopped = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#users = Array.from({ length: options.users }, (_, index) => this.#user(index));
  }

  /** Longest that a write sent after `fromMs` waited for its acknowledgement, ms. */
  outageSince(fromMs: number): number {
    const waits = this.acknowledged
      .filter(({ ackedMs }) => ackedMs > fromMs)
      .map(({ sentMs, ackedMs }) => ackedMs - Math.max(sentMs, fromMs));
    return Math.round(Math.max(0, ...waits));
  }

  count(durability: Durability): number {
    return this.acknowledged.filter((one) => one.durability === durability).length;
  }

  /** Resolves when every user's last write is acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#users);
  }

  async #user(index: number): Promise<void> {
    await sleep((index / this.#options.users) * this.#options.everyMs);
    for (let turn = 1; !this.#stopped; turn++) {
      const start = performance.now();
      if (turn % 2 === 0) await this.#write(index, turn);
      else await this.#report(index, (turn + 1) / 2);
      await sleep(Math.max(0, this.#options.everyMs - (performance.now() - start)));
    }
  }

  /** The batch with this number; after a loss of data whatever number the store expects. */
  async #report(index: number, number: number): Promise<void> {
    const { store, space } = this.#options;
    const user = pseudonym(`user-${index}`);
    const item = itemId(`user:${index}`);
    const activities = [{ type: 'viewed' as const, item, timeMs: number, locationCell: null }];
    await this.#until(async () => {
      const sequence = (await store.users.sequence(user, DEVICE)) + 1;
      const { version } = await store.users.context(user, space);
      const context = { expectedVersion: version, bytes: Buffer.from(`${number}`) };
      const result = await store.users.apply(user, DEVICE, { space, sequence, activities }, context);
      if (result.kind !== 'applied') return null;
      if (result.durability === 'replicated') this.sequences.set(user, sequence);
      return result.durability;
    });
  }

  async #write(index: number, turn: number): Promise<void> {
    const { store, space, history } = this.#options;
    const content = Buffer.from(`content ${turn} of ${index}`);
    const item = itemId(`user:${index}`);
    await this.#until(async () => {
      const dataHash = await store.blobs.put(once(content), content.length, null);
      const result = await store.spaces.commit({
        ...{ space, item, dataHash, sizeBytes: content.length, timestampMs: turn, edges: [] },
        ...{ writer: null, audience: [], condition: { kind: 'always' } },
      });
      if (result.kind === 'conflict') return null;
      const { head, epoch } = result.change;
      if (result.durability === 'replicated')
        history.wrote({ space, item, shard: head.shard, epoch, version: head.version, dataHash });
      return result.durability;
    });
  }

  /** Tries until the answer is an acknowledgement. */
  async #until(attempt: () => Promise<Durability | null>): Promise<void> {
    const sentMs = performance.now();
    for (;;) {
      try {
        const durability = await attempt();
        if (durability !== null) {
          this.acknowledged.push({ sentMs, ackedMs: performance.now(), durability });
          return;
        }
      } catch (thrown) {
        const { code } = ForesyncError.from(thrown);
        this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
        if (code === 'INTERNAL' || code === 'STORE_CORRUPT') throw thrown;
      }
      await sleep(50);
    }
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
