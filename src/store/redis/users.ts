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
import { hashToBytes } from '../codec/fields.js';
import { decodeCheckpoint, encodeCheckpoint } from '../codec/user.js';
import { forgottenFailure } from '../failures.js';
import { checkManifestSize, manifestDelta } from '../manifest-delta.js';
import type { StoreLimits } from '../options.js';
import type { Batches } from './batches.js';
import { CopiedMarks } from './copied-marks.js';
import type { Directory } from './directory.js';
import { Forgetting } from './forgetting.js';
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
} from './lua/user.js';
import { bytesOrNull, listOf, textOf, wholeOf } from './replies.js';
import type { Answer } from './lane.js';
import type { Router } from './router.js';
import type { Call, Word } from './script.js';
import { namesWord, readManifest, userRecords } from './user-records.js';

export interface RedisUsersParts {
  readonly router: Router;
  readonly keys: Keys;
  readonly limits: StoreLimits;
  readonly directory: Directory;
  readonly batches: Batches;
  readonly newToken: () => string;
  readonly now: () => number;
  readonly newAlias: () => Pseudonym;
  /** Whether the store was copied from another: see CopiedMarks. */
  readonly isCopied: boolean;
}

/** The users of a Redis deployment: all keys of one share a slot and are listed in its index. */
export class RedisUsers implements UserStore {
  readonly #parts: RedisUsersParts;
  readonly #forgetting: Forgetting;
  readonly #copied: CopiedMarks | null;

  constructor(parts: RedisUsersParts) {
    this.#parts = parts;
    this.#forgetting = new Forgetting(parts);
    this.#copied = parts.isCopied ? new CopiedMarks(parts) : null;
  }

  async meet(user: Pseudonym): Promise<StoredUser> {
    await this.#copied?.bring(user);
    return this.#forgetting.meet(user);
  }

  records(user: Pseudonym): AsyncIterable<UserRecord> {
    return userRecords(this.#parts, this, user);
  }

  forget(user: Pseudonym, cleared?: (space: SpaceId) => Promise<void>): Promise<number> {
    return this.#forgetting.forget(user, this, cleared);
  }

  async context(user: Pseudonym, space: SpaceId): Promise<StoredContext> {
    const [version, bytes = null, , , era] = await this.#state(user, space);
    return { version: wholeOf(version ?? era), bytes: new Uint8Array(bytesOrNull(bytes) ?? []) };
  }

  apply(
    user: Pseudonym,
    device: DeviceId,
    batch: ActivityBatch,
    context: { readonly expectedVersion: number; readonly bytes: Uint8Array },
    era = 0,
  ): Promise<ApplyResult> {
    return this.#parts.batches.apply({ user, device, batch }, context, era);
  }

  async recurrent(user: Pseudonym, space: SpaceId): Promise<StoredRecurrent> {
    const [, , version, bytes = null, era] = await this.#state(user, space);
    return { version: wholeOf(version ?? era), bytes: new Uint8Array(bytesOrNull(bytes) ?? []) };
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
    const to: Call['keys'] = [of.index, of.of(ending), of.mark];
    const { reply } = await router.run({ script: SAVE_RECURRENT, keys: to, args });
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
    era = 0,
  ): Promise<void> {
    const { router, keys, directory, limits } = this.#parts;
    await directory.get(space);
    if (checkpoints.length === 0) return;
    const of = keys.user(user);
    const [values, order] = [endings.checkpoints(space), endings.order(space)];
    const pairs = checkpoints.flatMap((one): Word[] => [one.item, encodeCheckpoint(one, 0)]);
    const args = [era, limits.checkpointsPerUser, values, order, ...pairs];
    const to: Call['keys'] = [of.index, of.of(values), of.of(order), of.mark];
    known(await router.run({ script: SAVE_CHECKPOINTS, keys: to, args }));
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

  manifest(user: Pseudonym, device: DeviceId, space: SpaceId): Promise<readonly HeldItem[]> {
    return readManifest(this.#parts, user, device, space);
  }

  async changeManifest(
    user: Pseudonym,
    device: DeviceId,
    space: SpaceId,
    change: ManifestChange,
    era = 0,
  ): Promise<void> {
    const { router, keys, directory, limits } = this.#parts;
    await directory.get(space);
    const of = keys.user(user);
    const ending = endings.manifest(device, space);
    const { puts, drops } = manifestDelta(change);
    const names = namesWord(device, space);
    const args = [era, limits.manifestItems, ending, names, drops.size, ...drops, ...pairsOf(puts)];
    const to: Call['keys'] = [of.index, of.of(ending), of.mark];
    const [outcome, size] = known(await router.run({ script: CHANGE_MANIFEST, keys: to, args }));
    if (textOf(outcome) === 'full') checkManifestSize(wholeOf(size), limits);
  }

  async replaceManifest(
    user: Pseudonym,
    device: DeviceId,
    space: SpaceId,
    held: readonly HeldItem[],
    era = 0,
  ): Promise<void> {
    const { router, keys, directory } = this.#parts;
    await directory.get(space);
    const of = keys.user(user);
    const ending = endings.manifest(device, space);
    const items = new Map(held.map(({ item, dataHash }) => [item, dataHash]));
    const args = [era, ending, namesWord(device, space), ...pairsOf(items)];
    const to: Call['keys'] = [of.index, of.of(ending), of.mark];
    known(await router.run({ script: REPLACE_MANIFEST, keys: to, args }));
  }

  async #state(user: Pseudonym, space: SpaceId): Promise<readonly unknown[]> {
    const { router, keys } = this.#parts;
    const of = keys.user(user);
    const from: Call['keys'] = [of.of(endings.state(space)), of.mark, of.index];
    return listOf((await router.run({ script: STATE, keys: from, args: [] })).reply);
  }
}

/** What a script said. Throws FORGOTTEN where it refused. */
function known({ reply }: Answer): readonly unknown[] {
  const words = listOf(reply);
  if (textOf(words[0]) === 'forgotten') throw forgottenFailure();
  return words;
}

function* pairsOf(items: ReadonlyMap<ItemId, HeldItem['dataHash']>): Iterable<Word> {
  for (const [item, hash] of items) {
    yield item;
    yield hashToBytes(hash);
  }
}
