import type { LessonPage } from '../../domain/lesson-log.js';
import { StoredSnapshot } from '@foresync/protocol/at-rest';
import { ForesyncError } from '../../domain/errors.js';
import type { ItemId, SpaceId } from '../../domain/ids.js';
import type { Change, Head } from '../../domain/item.js';
import type { LogBounds } from '../../domain/position.js';
import type {
  ChangeRequest,
  CommitResult,
  LogPage,
  SpaceFeedPage,
  SpaceMeta,
  SpaceStore,
} from '../../domain/store-port.js';
import type { StoreLimits } from '../options.js';
import { changeOf, committed, judge, liveHash } from '../rules.js';
import { shardOf } from '../shards.js';
import { compareUtf8 } from '../utf8-order.js';
import type { WakeUps } from '../wake-ups.js';
import type { Grace } from './blob-records.js';
import { referBlob } from './blob-records.js';
import { decodeAs, whole } from '../codec/fields.js';
import type { Environment } from './environment.js';
import { endOf, following, keys } from './keys.js';
import { readAfter, readBounds } from './log-records.js';
import { readFed } from './batch-records.js';
import { appendLesson, readLessons } from './lesson-records.js';
import type { Reading, Writing } from './records.js';
import type { SpaceRecord } from './space-records.js';
import {
  appendChange,
  changeIn,
  epochOf,
  findSpace,
  getSpace,
  lastChange,
  makeSpace,
  shardLog,
} from './space-records.js';

export interface LmdbSpacesParts {
  readonly environment: Environment;
  readonly limits: StoreLimits;
  readonly wakeUps: WakeUps;
  readonly newEpoch: () => string;
  readonly grace: () => Grace;
}

type Snapshot = Awaited<ReturnType<SpaceStore['loadSnapshot']>>;

/** The spaces of an LMDB directory. Its wake-ups reach this process only. */
export class LmdbSpaces implements SpaceStore {
  readonly #parts: LmdbSpacesParts;
  readonly #environment: Environment;

  constructor(parts: LmdbSpacesParts) {
    this.#parts = parts;
    this.#environment = parts.environment;
  }

  async ensure(space: SpaceId, shards: number): Promise<SpaceMeta> {
    const found = await this.meta(space);
    if (found !== null) return found;
    const epoch = this.#parts.newEpoch();
    return this.#environment.write((records) =>
      metaOf(findSpace(records, space) ?? makeSpace(records, { space, shards, epoch, epochs: [] })),
    );
  }

  meta(space: SpaceId): Promise<SpaceMeta | null> {
    return this.#environment.read((records) => {
      const found = findSpace(records, space);
      return found === null ? null : metaOf(found);
    });
  }

  async commit(request: ChangeRequest): Promise<CommitResult> {
    const { result, grown } = await this.#environment.write((records) => this.#commit(records, request));
    if (grown !== null) this.#parts.wakeUps.ring(request.space, grown);
    return result;
  }

  async head(space: SpaceId, item: ItemId): Promise<Head | null> {
    const [head] = await this.heads(space, [item]);
    return head ?? null;
  }

  heads(space: SpaceId, items: readonly ItemId[]): Promise<readonly (Head | null)[]> {
    return this.#environment.read((records) => {
      const found = getSpace(records, space);
      return items.map((item) => lastChange(records, found, item)?.head ?? null);
    });
  }

  list(space: SpaceId, prefix: string, after: string, limit: number): Promise<readonly Head[]> {
    return this.#environment.read((records) => {
      const found = getSpace(records, space);
      const start =
        compareUtf8(after, prefix) < 0 ? keys.live(space, prefix) : following(keys.live(space, after));
      const end = endOf(keys.live(space, prefix));
      if (Buffer.compare(start, end) >= 0) return [];
      return records.range({ start, end, limit }).map(([, value]) => changeIn(found, value).head);
    });
  }

  bounds(space: SpaceId, shard: number): Promise<LogBounds> {
    return this.#environment.read((records) => {
      const found = getSpace(records, space);
      return { epoch: epochOf(found, shard), ...readBounds(records, shardLog(found, shard)) };
    });
  }

  readLog(space: SpaceId, shard: number, after: number, limit: number): Promise<LogPage> {
    return this.#environment.read((records) => {
      const found = getSpace(records, space);
      const log = shardLog(found, shard);
      const bounds = { epoch: epochOf(found, shard), ...readBounds(records, log) };
      if (after < bounds.low) return { kind: 'compacted', bounds };
      const entries = readAfter(records, log, bounds, { after, limit });
      const changes = entries.map(([, value]) => changeIn(found, value));
      return { kind: 'page', changes, bounds };
    });
  }

  wakeUps(space: SpaceId, signal: AbortSignal): AsyncIterable<number> {
    const { environment, wakeUps } = this.#parts;
    const found = environment.isOpen ? environment.readNow((records) => findSpace(records, space)) : null;
    return wakeUps.listen(space, found?.shards ?? 0, signal);
  }

  readFeed(space: SpaceId, after: number, limit: number): Promise<SpaceFeedPage> {
    return this.#environment.read((records) => {
      getSpace(records, space);
      return readFed(records, space, after, limit);
    });
  }

  tell(space: SpaceId, teller: string, bytes: Uint8Array): Promise<void> {
    return this.#environment.write((records) => {
      getSpace(records, space);
      appendLesson(records, space, { teller, bytes }, this.#parts.limits);
    }, bytes.length);
  }

  readLessons(space: SpaceId, after: number, limit: number): Promise<LessonPage> {
    return this.#environment.read((records) => {
      getSpace(records, space);
      return readLessons(records, space, after, limit);
    });
  }

  saveSnapshot(space: SpaceId, name: string, offset: number, bytes: Uint8Array): Promise<void> {
    return this.#environment.write((records) => {
      getSpace(records, space);
      if (offsetOfSnapshot(records, space, name) > offset) return;
      const value = StoredSnapshot.encode({ offset: BigInt(offset), snapshot: bytes }).finish();
      records.put(keys.snapshot(space, name), value);
    }, bytes.length);
  }

  loadSnapshot(space: SpaceId, name: string): Promise<Snapshot> {
    return this.#environment.read((records) => {
      getSpace(records, space);
      return readSnapshot(records, space, name);
    });
  }

  #commit(
    records: Writing,
    request: ChangeRequest,
  ): { readonly result: CommitResult; readonly grown: number | null } {
    const space = getSpace(records, request.space);
    const current = lastChange(records, space, request.item);
    const settled = judge(current, request);
    if (settled !== null) return { result: settled, grown: null };
    const change = this.#change(records, space, request, current);
    return { result: committed(change), grown: change.head.shard };
  }

  #change(records: Writing, space: SpaceRecord, request: ChangeRequest, current: Change | null): Change {
    const { limits, grace } = this.#parts;
    const shard = shardOf(request.item, space.shards);
    const log = shardLog(space, shard);
    const bounds = readBounds(records, log);
    referBlob(records, request, liveHash(current), grace());
    const change = changeOf(request, current, {
      epoch: epochOf(space, shard),
      shard,
      version: bounds.high + 1,
    });
    appendChange(records, space, change, { keys: log, bounds, retention: limits.logRetention });
    return change;
  }
}

function metaOf({ space, shards }: SpaceRecord): SpaceMeta {
  return { space, shards };
}

/** Of the one that is saved; 0 of none and of one that cannot be read, which a new one may replace. */
function offsetOfSnapshot(records: Reading, space: SpaceId, name: string): number {
  try {
    return readSnapshot(records, space, name)?.offset ?? 0;
  } catch (thrown) {
    if (ForesyncError.from(thrown).code === 'STORE_CORRUPT') return 0;
    throw thrown;
  }
}

function readSnapshot(records: Reading, space: SpaceId, name: string): Snapshot {
  const bytes = records.get(keys.snapshot(space, name));
  if (bytes === null) return null;
  const { offset, snapshot } = decodeAs('a snapshot', StoredSnapshot, bytes);
  return { offset: whole('a snapshot', offset), bytes: new Uint8Array(snapshot) };
}
