import type { DataHash, DeviceId, ItemId, SpaceId } from '../../domain/ids.js';
import type { StoredCheckpoint, StoredContext, StoredRecurrent } from '../../domain/store-port.js';
import type { StoreLimits } from '../options.js';
import { BoundedLog } from './bounded-log.js';
import type { LoggedBatch } from './feed-page.js';

/** What the memory store keeps of one user: all of it is here, so forgetting a user is forgetting this. */
export class User {
  /** Highest applied batch of each device. */
  readonly sequences = new Map<DeviceId, number>();
  readonly activity: BoundedLog<LoggedBatch>;
  readonly #contexts = new Map<SpaceId, StoredContext>();
  readonly #recurrent = new Map<SpaceId, StoredRecurrent>();
  /** In each space, those saved longest ago first. */
  readonly #checkpoints = new Map<SpaceId, Map<ItemId, StoredCheckpoint>>();
  readonly #manifests = new Map<DeviceId, Map<SpaceId, Map<ItemId, DataHash>>>();
  readonly #checkpointsPerSpace: number;

  constructor(limits: StoreLimits) {
    this.activity = new BoundedLog(limits.activityRetention);
    this.#checkpointsPerSpace = limits.checkpointsPerUser;
  }

  context(space: SpaceId): StoredContext {
    return this.#contexts.get(space) ?? { version: 0, bytes: new Uint8Array() };
  }

  setContext(space: SpaceId, context: StoredContext): void {
    this.#contexts.set(space, context);
  }

  recurrent(space: SpaceId): StoredRecurrent {
    return this.#recurrent.get(space) ?? { version: 0, bytes: new Uint8Array() };
  }

  setRecurrent(space: SpaceId, recurrent: StoredRecurrent): void {
    this.#recurrent.set(space, recurrent);
  }

  checkpoint(space: SpaceId, item: ItemId): StoredCheckpoint | null {
    return this.#checkpoints.get(space)?.get(item) ?? null;
  }

  saveCheckpoints(space: SpaceId, checkpoints: readonly StoredCheckpoint[]): void {
    const saved = this.#checkpoints.get(space) ?? new Map<ItemId, StoredCheckpoint>();
    this.#checkpoints.set(space, saved);
    for (const checkpoint of checkpoints) {
      saved.delete(checkpoint.item);
      saved.set(checkpoint.item, checkpoint);
    }
    let tooMany = saved.size - this.#checkpointsPerSpace;
    for (const item of saved.keys()) {
      if (tooMany-- <= 0) break;
      saved.delete(item);
    }
  }

  manifest(device: DeviceId, space: SpaceId): Map<ItemId, DataHash> {
    return this.#manifests.get(device)?.get(space) ?? new Map<ItemId, DataHash>();
  }

  setManifest(device: DeviceId, space: SpaceId, held: Map<ItemId, DataHash>): void {
    const spaces = this.#manifests.get(device) ?? new Map<SpaceId, Map<ItemId, DataHash>>();
    this.#manifests.set(device, spaces.set(space, held));
  }
}
