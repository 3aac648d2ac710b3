import type { DataHash, DeviceId, ItemId, Pseudonym, SpaceId } from '../../domain/ids.js';
import type { StoredContext, StoredRecurrent } from '../../domain/store-port.js';
import type { StoredCheckpoint, UserRecord } from '../../domain/user-record.js';
import type { StoreLimits } from '../options.js';
import { BoundedLog } from './bounded-log.js';
import type { LoggedBatch } from './feed-page.js';

/** What the memory store keeps of one user: all of it is here, so forgetting a user is forgetting this. */
export class User {
  readonly era: number;
  /** null until the user is met. */
  alias: Pseudonym | null = null;
  /** Highest applied batch of each device. */
  readonly sequences = new Map<DeviceId, number>();
  readonly activity: BoundedLog<LoggedBatch>;
  readonly #contexts = new Map<SpaceId, StoredContext>();
  // Empty maps would be a quarter of what most users take.
  #recurrent: Map<SpaceId, StoredRecurrent> | null = null;
  /** In each space, those saved longest ago first. */
  #checkpoints: Map<SpaceId, Map<ItemId, StoredCheckpoint>> | null = null;
  #manifests: Map<DeviceId, Map<SpaceId, Map<ItemId, DataHash>>> | null = null;
  readonly #checkpointsPerSpace: number;

  constructor(limits: StoreLimits, era: number) {
    this.era = era;
    this.activity = new BoundedLog(limits.activityRetention);
    this.#checkpointsPerSpace = limits.checkpointsPerUser;
  }

  /** Spaces whose feeds have batches of the user. */
  get spaces(): Iterable<SpaceId> {
    return this.#contexts.keys();
  }

  context(space: SpaceId): StoredContext {
    return this.#contexts.get(space) ?? { version: this.era, bytes: new Uint8Array() };
  }

  setContext(space: SpaceId, context: StoredContext): void {
    this.#contexts.set(space, context);
  }

  recurrent(space: SpaceId): StoredRecurrent {
    return this.#recurrent?.get(space) ?? { version: this.era, bytes: new Uint8Array() };
  }

  setRecurrent(space: SpaceId, recurrent: StoredRecurrent): void {
    this.#recurrent ??= new Map();
    this.#recurrent.set(space, recurrent);
  }

  checkpoint(space: SpaceId, item: ItemId): StoredCheckpoint | null {
    return this.#checkpoints?.get(space)?.get(item) ?? null;
  }

  saveCheckpoints(space: SpaceId, checkpoints: readonly StoredCheckpoint[]): void {
    this.#checkpoints ??= new Map();
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
    return this.#manifests?.get(device)?.get(space) ?? new Map<ItemId, DataHash>();
  }

  setManifest(device: DeviceId, space: SpaceId, held: Map<ItemId, DataHash>): void {
    this.#manifests ??= new Map();
    const spaces = this.#manifests.get(device) ?? new Map<SpaceId, Map<ItemId, DataHash>>();
    this.#manifests.set(device, spaces.set(space, held));
  }

  /** All of it, but for what is in feeds. */
  *records(): Generator<UserRecord> {
    for (const [device, sequence] of this.sequences) yield { kind: 'sequence', device, sequence };
    for (const [space, context] of this.#contexts) yield { kind: 'context', space, ...context };
    for (const [space, recurrent] of this.#recurrent ?? []) yield { kind: 'recurrent', space, ...recurrent };
    for (const { offset, entry } of this.activity.after(0, this.activity.high))
      yield { kind: 'activity', offset, device: entry.device, batch: entry.batch };
    for (const [space, checkpoints] of this.#checkpoints ?? [])
      for (const checkpoint of checkpoints.values()) yield { kind: 'checkpoint', space, checkpoint };
    for (const [device, spaces] of this.#manifests ?? [])
      for (const [space, held] of spaces)
        for (const [item, dataHash] of held) yield { kind: 'held', device, space, item, dataHash };
  }
}
