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
import type { StoreLimits } from '../options.js';
import { judgeBatch } from '../rules.js';
import { appendBatch, readBatches } from './batch-records.js';
import { readCheckpoint, writeCheckpoints } from './checkpoint-records.js';
import { decodeContext, decodeRecurrent, encodeContext, encodeRecurrent } from '../codec/user.js';
import type { Environment } from './environment.js';
import type { Remembering } from './eras.js';
import { mustBeIn, readEra } from './eras.js';
import { Forgetting } from './forgetting.js';
import { keys, logs } from './keys.js';
import { readCounter, writeCounter } from './log-records.js';
import { readManifest, writeManifest, writeManifestChange } from './manifest-records.js';
import type { Reading } from './records.js';
import { getSpace } from './space-records.js';
import { userRecords } from './user-records.js';

export interface LmdbUsersParts {
  readonly environment: Environment;
  readonly limits: StoreLimits;
  readonly now: () => number;
  readonly newAlias: () => Pseudonym;
}

/** The users of an LMDB directory: all that is kept about one is one range of keys, so forgetting is removing it. */
export class LmdbUsers implements UserStore {
  readonly #environment: Environment;
  readonly #limits: StoreLimits;
  readonly #forgetting: Forgetting;
  readonly #remembering: () => Remembering;

  constructor({ environment, limits, now, newAlias }: LmdbUsersParts) {
    this.#environment = environment;
    this.#limits = limits;
    const remembering = (): Remembering => ({ nowMs: now(), forgottenMs: limits.forgottenMs });
    this.#remembering = remembering;
    const { feedRetention } = limits;
    this.#forgetting = new Forgetting({ environment, feedRetention, remembering, newAlias });
  }

  meet(user: Pseudonym): Promise<StoredUser> {
    return this.#forgetting.meet(user);
  }

  records(user: Pseudonym): AsyncIterable<UserRecord> {
    return userRecords(this.#environment, user);
  }

  forget(user: Pseudonym, cleared?: (space: SpaceId) => Promise<void>): Promise<number> {
    return this.#forgetting.forget(user, cleared);
  }

  context(user: Pseudonym, space: SpaceId): Promise<StoredContext> {
    return this.#environment.read((records) => this.#context(records, user, space));
  }

  apply(
    user: Pseudonym,
    device: DeviceId,
    batch: ActivityBatch,
    context: { readonly expectedVersion: number; readonly bytes: Uint8Array },
    era = 0,
  ): Promise<ApplyResult> {
    return this.#environment.write((records) => {
      getSpace(records, batch.space);
      mustBeIn(records, user, era, this.#remembering());
      const applied = readCounter(records, keys.sequence(user, device));
      const { version } = this.#context(records, user, batch.space);
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
    return this.#environment.read((records) => this.#recurrent(records, user, space));
  }

  saveRecurrent(
    user: Pseudonym,
    space: SpaceId,
    expectedVersion: number,
    bytes: Uint8Array,
  ): Promise<boolean> {
    return this.#environment.write((records) => {
      getSpace(records, space);
      if (readEra(records, user, this.#remembering()).isUnfinished) return false;
      if (this.#recurrent(records, user, space).version !== expectedVersion) return false;
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

  saveCheckpoints(
    user: Pseudonym,
    space: SpaceId,
    checkpoints: readonly StoredCheckpoint[],
    era = 0,
  ): Promise<void> {
    return this.#environment.write((records) => {
      getSpace(records, space);
      mustBeIn(records, user, era, this.#remembering());
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
    return this.#environment.read((records) => readManifest(records, { user, device, space }));
  }

  changeManifest(
    user: Pseudonym,
    device: DeviceId,
    space: SpaceId,
    change: ManifestChange,
    era = 0,
  ): Promise<void> {
    return this.#environment.write((records) => {
      getSpace(records, space);
      mustBeIn(records, user, era, this.#remembering());
      writeManifestChange(records, { user, device, space }, change, this.#limits);
    });
  }

  replaceManifest(
    user: Pseudonym,
    device: DeviceId,
    space: SpaceId,
    held: readonly HeldItem[],
    era = 0,
  ): Promise<void> {
    return this.#environment.write((records) => {
      getSpace(records, space);
      mustBeIn(records, user, era, this.#remembering());
      writeManifest(records, { user, device, space }, held);
    });
  }

  #context(records: Reading, user: Pseudonym, space: SpaceId): StoredContext {
    const bytes = records.get(keys.context(user, space));
    return bytes === null ? this.#nothing(records, user) : decodeContext(bytes);
  }

  #recurrent(records: Reading, user: Pseudonym, space: SpaceId): StoredRecurrent {
    const bytes = records.get(keys.recurrent(user, space));
    return bytes === null ? this.#nothing(records, user) : decodeRecurrent(bytes);
  }

  #nothing(records: Reading, user: Pseudonym): { readonly version: number; readonly bytes: Uint8Array } {
    return { version: readEra(records, user, this.#remembering()).era, bytes: new Uint8Array() };
  }
}
