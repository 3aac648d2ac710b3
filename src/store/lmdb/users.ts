import type { ActivityBatch } from '../../domain/activity.js';
import type { DeviceId, ItemId, Pseudonym, SpaceId } from '../../domain/ids.js';
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
import type { StoreLimits } from '../options.js';
import { judgeBatch } from '../rules.js';
import { appendBatch, readBatches } from './batch-records.js';
import { readCheckpoint, writeCheckpoints } from './checkpoint-records.js';
import { decodeContext, decodeRecurrent, encodeContext, encodeRecurrent } from '../codec/user.js';
import type { Environment } from './environment.js';
import { holderOf, keys, logs } from './keys.js';
import { readCounter, writeCounter } from './log-records.js';
import { readManifest, writeManifest, writeManifestChange } from './manifest-records.js';
import type { Reading } from './records.js';
import { getSpace } from './space-records.js';

/** The users of an LMDB directory: all that is kept about one is one range of keys, so forgetting is removing it. */
export class LmdbUsers implements UserStore {
  readonly #environment: Environment;
  readonly #limits: StoreLimits;

  constructor(environment: Environment, limits: StoreLimits) {
    this.#environment = environment;
    this.#limits = limits;
  }

  context(user: Pseudonym, space: SpaceId): Promise<StoredContext> {
    return this.#environment.read((records) => readContext(records, user, space));
  }

  apply(
    user: Pseudonym,
    device: DeviceId,
    batch: ActivityBatch,
    context: { readonly expectedVersion: number; readonly bytes: Uint8Array },
  ): Promise<ApplyResult> {
    return this.#environment.write((records) => {
      getSpace(records, batch.space);
      const applied = readCounter(records, keys.sequence(user, device));
      const { version } = readContext(records, user, batch.space);
      const refusal = judgeBatch(applied, batch.sequence, version, context.expectedVersion);
      if (refusal !== null) return refusal;
      writeCounter(records, keys.sequence(user, device), batch.sequence);
      const next = encodeContext({ version: version + 1, bytes: context.bytes });
      records.put(keys.context(user, batch.space), next);
      appendBatch(records, { user, device, batch }, [
        { keys: logs.feed(batch.space), retention: this.#limits.feedRetention },
        { keys: logs.activity(user), retention: this.#limits.activityRetention },
      ]);
      return { kind: 'applied', durability: 'local' };
    }, context.bytes.length);
  }

  recurrent(user: Pseudonym, space: SpaceId): Promise<StoredRecurrent> {
    return this.#environment.read((records) => readRecurrent(records, user, space));
  }

  saveRecurrent(
    user: Pseudonym,
    space: SpaceId,
    expectedVersion: number,
    bytes: Uint8Array,
  ): Promise<boolean> {
    return this.#environment.write((records) => {
      getSpace(records, space);
      if (readRecurrent(records, user, space).version !== expectedVersion) return false;
      const next = encodeRecurrent({ version: expectedVersion + 1, bytes });
      records.put(keys.recurrent(user, space), next);
      return true;
    }, bytes.length);
  }

  readActivity(user: Pseudonym, after: number, limit: number): Promise<FeedPage> {
    return this.#environment.read((records) => readBatches(records, logs.activity(user), after, limit));
  }

  sequence(user: Pseudonym, device: DeviceId): Promise<number> {
    return this.#environment.read((records) => readCounter(records, keys.sequence(user, device)));
  }

  saveCheckpoints(user: Pseudonym, space: SpaceId, checkpoints: readonly StoredCheckpoint[]): Promise<void> {
    return this.#environment.write((records) => {
      getSpace(records, space);
      writeCheckpoints(records, user, space, checkpoints, this.#limits.checkpointsPerUser);
    });
  }

  checkpoints(
    user: Pseudonym,
    space: SpaceId,
    items: readonly ItemId[],
  ): Promise<readonly (StoredCheckpoint | null)[]> {
    return this.#environment.read((records) =>
      items.map((item) => readCheckpoint(records, user, space, item)?.checkpoint ?? null),
    );
  }

  manifest(user: Pseudonym, device: DeviceId, space: SpaceId): Promise<readonly HeldItem[]> {
    const holder = holderOf(device, space);
    return this.#environment.read((records) => readManifest(records, { user, holder }));
  }

  changeManifest(user: Pseudonym, device: DeviceId, space: SpaceId, change: ManifestChange): Promise<void> {
    const holder = holderOf(device, space);
    return this.#environment.write((records) => {
      getSpace(records, space);
      writeManifestChange(records, { user, holder }, change, this.#limits);
    });
  }

  replaceManifest(
    user: Pseudonym,
    device: DeviceId,
    space: SpaceId,
    held: readonly HeldItem[],
  ): Promise<void> {
    const holder = holderOf(device, space);
    return this.#environment.write((records) => {
      getSpace(records, space);
      writeManifest(records, { user, holder }, held);
    });
  }
}

function readContext(records: Reading, user: Pseudonym, space: SpaceId): StoredContext {
  const bytes = records.get(keys.context(user, space));
  return bytes === null ? { version: 0, bytes: new Uint8Array() } : decodeContext(bytes);
}

function readRecurrent(records: Reading, user: Pseudonym, space: SpaceId): StoredRecurrent {
  const bytes = records.get(keys.recurrent(user, space));
  return bytes === null ? { version: 0, bytes: new Uint8Array() } : decodeRecurrent(bytes);
}
