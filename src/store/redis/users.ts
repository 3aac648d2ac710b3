import type { ActivityBatch } from '../../domain/activity.js';
import type { DeviceId, ItemId, Pseudonym, SpaceId } from '../../domain/ids.js';
import { itemId } from '../../domain/ids.js';
import type {
  ApplyResult,
  FeedPage,
  HeldItem,
  ManifestChange,
  StoredCheckpoint,
  StoredContext,
  StoredRecurrent,
  UserStore,
} from '../../domain/store-port.js';
import { bytesToHash, hashToBytes } from '../codec/fields.js';
import { decodeCheckpoint, encodeCheckpoint } from '../codec/user.js';
import { checkManifestSize, manifestDelta } from '../manifest-delta.js';
import type { StoreLimits } from '../options.js';
import type { Batches } from './batches.js';
import type { Directory } from './directory.js';
import type { Keys } from './keys.js';
import { endings } from './keys.js';
import {
  CHANGE_MANIFEST,
  FIELDS,
  REPLACE_MANIFEST,
  SAVE_CHECKPOINTS,
  SAVE_RECURRENT,
  SEQUENCE,
  STATE,
  WHOLE,
} from './lua/user.js';
import { bytesOf, bytesOrNull, listOf, textOf, wholeOf } from './replies.js';
import type { Router } from './router.js';
import type { Word } from './script.js';

export interface RedisUsersParts {
  readonly router: Router;
  readonly keys: Keys;
  readonly limits: StoreLimits;
  readonly directory: Directory;
  readonly batches: Batches;
  readonly newToken: () => string;
}

/** The users of a Redis deployment: all keys of one share a slot and are listed in its index. */
export class RedisUsers implements UserStore {
  readonly #parts: RedisUsersParts;

  constructor(parts: RedisUsersParts) {
    this.#parts = parts;
  }

  async context(user: Pseudonym, space: SpaceId): Promise<StoredContext> {
    const [version = null, bytes = null] = await this.#state(user, space);
    return { version: wholeOf(version), bytes: new Uint8Array(bytesOrNull(bytes) ?? []) };
  }

  apply(
    user: Pseudonym,
    device: DeviceId,
    batch: ActivityBatch,
    context: { readonly expectedVersion: number; readonly bytes: Uint8Array },
  ): Promise<ApplyResult> {
    return this.#parts.batches.apply({ user, device, batch }, context);
  }

  async recurrent(user: Pseudonym, space: SpaceId): Promise<StoredRecurrent> {
    const [, , version = null, bytes = null] = await this.#state(user, space);
    return { version: wholeOf(version), bytes: new Uint8Array(bytesOrNull(bytes) ?? []) };
  }

  async saveRecurrent(
    user: Pseudonym,
    space: SpaceId,
    expectedVersion: number,
    bytes: Uint8Array,
  ): Promise<boolean> {
    const { router, keys, directory, newToken } = this.#parts;
    await directory.get(space);
    const of = keys.user(user);
    const ending = endings.state(space);
    const args = [expectedVersion, newToken(), bytes, ending];
    const { reply } = await router.run({ script: SAVE_RECURRENT, keys: [of.index, of.of(ending)], args });
    return reply === 1;
  }

  readActivity(user: Pseudonym, after: number, limit: number): Promise<FeedPage> {
    return this.#parts.batches.activity(user, after, limit);
  }

  async sequence(user: Pseudonym, device: DeviceId): Promise<number> {
    const { router, keys } = this.#parts;
    const { reply } = await router.run({ script: SEQUENCE, keys: [keys.user(user).index], args: [device] });
    return reply === null ? 0 : wholeOf(textOf(reply).split(' ')[0]);
  }

  async saveCheckpoints(
    user: Pseudonym,
    space: SpaceId,
    checkpoints: readonly StoredCheckpoint[],
  ): Promise<void> {
    const { router, keys, directory, limits } = this.#parts;
    await directory.get(space);
    if (checkpoints.length === 0) return;
    const of = keys.user(user);
    const [values, order] = [endings.checkpoints(space), endings.order(space)];
    const pairs = checkpoints.flatMap((one): Word[] => [one.item, encodeCheckpoint(one, 0)]);
    const args = [limits.checkpointsPerUser, values, order, ...pairs];
    await router.run({ script: SAVE_CHECKPOINTS, keys: [of.index, of.of(values), of.of(order)], args });
  }

  async checkpoints(
    user: Pseudonym,
    space: SpaceId,
    items: readonly ItemId[],
  ): Promise<readonly (StoredCheckpoint | null)[]> {
    const { router, keys } = this.#parts;
    const key = keys.user(user).of(endings.checkpoints(space));
    const { reply } = await router.runFree({ script: FIELDS, keys: [key], args: items });
    const values = listOf(reply);
    return items.map((item, index) => {
      const bytes = bytesOrNull(values[index]);
      return bytes === null ? null : decodeCheckpoint(item, bytes).checkpoint;
    });
  }

  async manifest(user: Pseudonym, device: DeviceId, space: SpaceId): Promise<readonly HeldItem[]> {
    const { router, keys } = this.#parts;
    const key = keys.user(user).of(endings.manifest(device, space));
    const words = listOf((await router.runFree({ script: WHOLE, keys: [key], args: [] })).reply);
    const held: HeldItem[] = [];
    for (let index = 0; index < words.length; index += 2) {
      const dataHash = bytesToHash('a held item', bytesOf(words[index + 1]));
      held.push({ item: itemId(textOf(words[index])), dataHash });
    }
    return held;
  }

  async changeManifest(
    user: Pseudonym,
    device: DeviceId,
    space: SpaceId,
    change: ManifestChange,
  ): Promise<void> {
    const { router, keys, directory, limits } = this.#parts;
    await directory.get(space);
    const of = keys.user(user);
    const ending = endings.manifest(device, space);
    const { puts, drops } = manifestDelta(change);
    const args = [limits.manifestItems, ending, drops.size, ...drops, ...pairsOf(puts)];
    const { reply } = await router.run({ script: CHANGE_MANIFEST, keys: [of.index, of.of(ending)], args });
    const [outcome, size] = listOf(reply);
    if (textOf(outcome) === 'full') checkManifestSize(wholeOf(size), limits);
  }

  async replaceManifest(
    user: Pseudonym,
    device: DeviceId,
    space: SpaceId,
    held: readonly HeldItem[],
  ): Promise<void> {
    const { router, keys, directory } = this.#parts;
    await directory.get(space);
    const of = keys.user(user);
    const ending = endings.manifest(device, space);
    const items = new Map(held.map(({ item, dataHash }) => [item, dataHash]));
    const args = [ending, ...pairsOf(items)];
    await router.run({ script: REPLACE_MANIFEST, keys: [of.index, of.of(ending)], args });
  }

  async #state(user: Pseudonym, space: SpaceId): Promise<readonly unknown[]> {
    const { router, keys } = this.#parts;
    const key = keys.user(user).of(endings.state(space));
    return listOf((await router.run({ script: STATE, keys: [key], args: [] })).reply);
  }
}

function* pairsOf(items: ReadonlyMap<ItemId, HeldItem['dataHash']>): Iterable<Word> {
  for (const [item, hash] of items) {
    yield item;
    yield hashToBytes(hash);
  }
}
