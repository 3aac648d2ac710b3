import type { ActivityBatch } from '../../domain/activity.js';
import type { DeviceId, ItemId, Pseudonym, SpaceId } from '../../domain/ids.js';
import type {
  ApplyResult,
  FeedPage,
  HeldItem,
  ManifestChange,
  StoredContext,
  StoredRecurrent,
  UserStore,
} from '../../domain/store-port.js';
import type { StoredCheckpoint, StoredUser, UserRecord } from '../../domain/user-record.js';
import { checkManifestSize, manifestDelta, manifestSize } from '../manifest-delta.js';
import { judgeBatch } from '../rules.js';
import { activityPage } from './feed-page.js';
import type { Gate } from './gate.js';
import type { MemorySpaces } from './spaces.js';
import { People, type PeopleParts } from './people.js';

export interface MemoryUsersParts extends Omit<PeopleParts, 'feed'> {
  readonly gate: Gate;
  readonly spaces: MemorySpaces;
}

/** The users of the memory store. */
export class MemoryUsers implements UserStore {
  readonly #parts: MemoryUsersParts;
  readonly #people: People;

  constructor(parts: MemoryUsersParts) {
    this.#parts = parts;
    this.#people = new People({ ...parts, feed: (space) => parts.spaces.get(space).feed });
  }

  meet(user: Pseudonym): Promise<StoredUser> {
    return this.#parts.gate.run(() => this.#people.meet(user));
  }

  async *records(user: Pseudonym): AsyncGenerator<UserRecord> {
    yield* await this.#parts.gate.run(() => this.#people.records(user));
  }

  async forget(user: Pseudonym, cleared?: (space: SpaceId) => Promise<void>): Promise<number> {
    const { removed, spaces } = await this.#parts.gate.run(() => this.#people.forget(user));
    for (const space of spaces) await cleared?.(space);
    return removed;
  }

  context(user: Pseudonym, space: SpaceId): Promise<StoredContext> {
    return this.#parts.gate.run(() => {
      const { version, bytes } = this.#people.get(user).context(space);
      return { version, bytes: new Uint8Array(bytes) };
    });
  }

  apply(
    user: Pseudonym,
    device: DeviceId,
    batch: ActivityBatch,
    context: { readonly expectedVersion: number; readonly bytes: Uint8Array },
    era?: number,
  ): Promise<ApplyResult> {
    return this.#parts.gate.run(() => {
      const { feed } = this.#parts.spaces.get(batch.space);
      const known = this.#people.open(user, era);
      const { version } = known.context(batch.space);
      const applied = known.sequences.get(device) ?? 0;
      const refusal = judgeBatch(applied, batch.sequence, version, context.expectedVersion);
      if (refusal !== null) return refusal;
      known.sequences.set(device, batch.sequence);
      known.setContext(batch.space, { version: version + 1, bytes: new Uint8Array(context.bytes) });
      known.activity.append({ user, device, batch });
      feed.append({ user, device, batch });
      this.#people.keep(user, known);
      return { kind: 'applied', durability: 'local' };
    });
  }

  recurrent(user: Pseudonym, space: SpaceId): Promise<StoredRecurrent> {
    return this.#parts.gate.run(() => {
      const { version, bytes } = this.#people.get(user).recurrent(space);
      return { version, bytes: new Uint8Array(bytes) };
    });
  }

  saveRecurrent(
    user: Pseudonym,
    space: SpaceId,
    expectedVersion: number,
    bytes: Uint8Array,
  ): Promise<boolean> {
    return this.#parts.gate.run(() => {
      this.#parts.spaces.get(space);
      const known = this.#people.get(user);
      if (known.recurrent(space).version !== expectedVersion) return false;
      known.setRecurrent(space, { version: expectedVersion + 1, bytes: new Uint8Array(bytes) });
      this.#people.keep(user, known);
      return true;
    });
  }

  readActivity(user: Pseudonym, after: number, limit: number): Promise<FeedPage> {
    return this.#parts.gate.run(() => activityPage(this.#people.get(user).activity, after, limit));
  }

  sequence(user: Pseudonym, device: DeviceId): Promise<number> {
    return this.#parts.gate.run(() => this.#people.get(user).sequences.get(device) ?? 0);
  }

  saveCheckpoints(
    user: Pseudonym,
    space: SpaceId,
    checkpoints: readonly StoredCheckpoint[],
    era?: number,
  ): Promise<void> {
    return this.#parts.gate.run(() => {
      this.#parts.spaces.get(space);
      const known = this.#people.open(user, era);
      known.saveCheckpoints(space, checkpoints);
      this.#people.keep(user, known);
    });
  }

  checkpoints(
    user: Pseudonym,
    space: SpaceId,
    items: readonly ItemId[],
  ): Promise<readonly (StoredCheckpoint | null)[]> {
    return this.#parts.gate.run(() => {
      const known = this.#people.get(user);
      return items.map((item) => known.checkpoint(space, item));
    });
  }

  manifest(user: Pseudonym, device: DeviceId, space: SpaceId): Promise<readonly HeldItem[]> {
    return this.#parts.gate.run(() => {
      const held = this.#people.get(user).manifest(device, space);
      return Array.from(held, ([item, dataHash]) => ({ item, dataHash }));
    });
  }

  changeManifest(
    user: Pseudonym,
    device: DeviceId,
    space: SpaceId,
    change: ManifestChange,
    era?: number,
  ): Promise<void> {
    return this.#parts.gate.run(() => {
      this.#parts.spaces.get(space);
      const known = this.#people.open(user, era);
      const held = known.manifest(device, space);
      const { puts, drops } = manifestDelta(change);
      const size = manifestSize(held.size, (item) => held.has(item), { puts, drops });
      checkManifestSize(size, this.#parts.limits);
      for (const item of drops) held.delete(item);
      for (const [item, hash] of puts) held.set(item, hash);
      known.setManifest(device, space, held);
      this.#people.keep(user, known);
    });
  }

  replaceManifest(
    user: Pseudonym,
    device: DeviceId,
    space: SpaceId,
    held: readonly HeldItem[],
    era?: number,
  ): Promise<void> {
    return this.#parts.gate.run(() => {
      this.#parts.spaces.get(space);
      const items = new Map(held.map(({ item, dataHash }) => [item, dataHash]));
      const known = this.#people.open(user, era);
      known.setManifest(device, space, items);
      this.#people.keep(user, known);
    });
  }
}
