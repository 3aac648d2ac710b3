import type { LessonPage } from '../../domain/lesson-log.js';
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
import { invalid } from '../checks.js';
import type { StoreLimits } from '../options.js';
import { changeOf, committed, judge, liveHash } from '../rules.js';
import { shardOf } from '../shards.js';
import type { WakeUps } from '../wake-ups.js';
import type { MemoryBlobs } from './blobs.js';
import type { BoundedLog } from './bounded-log.js';
import { feedPage } from './feed-page.js';
import type { Gate } from './gate.js';
import type { Snapshot } from './space.js';
import { Space } from './space.js';

export interface MemorySpacesParts {
  readonly gate: Gate;
  readonly limits: StoreLimits;
  readonly blobs: MemoryBlobs;
  readonly wakeUps: WakeUps;
  readonly newEpoch: () => string;
}

/** The spaces of the memory store: gone with the process, so a space made again has another epoch. */
export class MemorySpaces implements SpaceStore {
  readonly #parts: MemorySpacesParts;
  readonly #spaces = new Map<SpaceId, Space>();

  constructor(parts: MemorySpacesParts) {
    this.#parts = parts;
  }

  ensure(space: SpaceId, shards: number): Promise<SpaceMeta> {
    return this.#parts.gate.run(() => {
      const { newEpoch, limits } = this.#parts;
      const made = this.#spaces.get(space) ?? new Space(space, shards, newEpoch(), limits);
      this.#spaces.set(space, made);
      return made.meta;
    });
  }

  meta(space: SpaceId): Promise<SpaceMeta | null> {
    return this.#parts.gate.run(() => this.#spaces.get(space)?.meta ?? null);
  }

  commit(request: ChangeRequest): Promise<CommitResult> {
    return this.#parts.gate.run(() => {
      const space = this.get(request.space);
      const current = space.change(request.item);
      return judge(current, request) ?? committed(this.#change(space, request, current));
    });
  }

  head(space: SpaceId, item: ItemId): Promise<Head | null> {
    return this.#parts.gate.run(() => this.get(space).change(item)?.head ?? null);
  }

  heads(space: SpaceId, items: readonly ItemId[]): Promise<readonly (Head | null)[]> {
    return this.#parts.gate.run(() => {
      const found = this.get(space);
      return items.map((item) => found.change(item)?.head ?? null);
    });
  }

  list(space: SpaceId, prefix: string, after: string, limit: number): Promise<readonly Head[]> {
    return this.#parts.gate.run(() => this.get(space).list(prefix, after, limit));
  }

  bounds(space: SpaceId, shard: number): Promise<LogBounds> {
    return this.#parts.gate.run(() => {
      const found = this.get(space);
      return boundsOf(found, logOf(found, shard));
    });
  }

  readLog(space: SpaceId, shard: number, after: number, limit: number): Promise<LogPage> {
    return this.#parts.gate.run(() => {
      const found = this.get(space);
      const log = logOf(found, shard);
      const bounds = boundsOf(found, log);
      return after < log.low
        ? { kind: 'compacted', bounds }
        : { kind: 'page', changes: log.after(after, limit).map(({ entry }) => entry), bounds };
    });
  }

  wakeUps(space: SpaceId, signal: AbortSignal): AsyncIterable<number> {
    return this.#parts.wakeUps.listen(space, this.#spaces.get(space)?.meta.shards ?? 0, signal);
  }

  readFeed(space: SpaceId, after: number, limit: number): Promise<SpaceFeedPage> {
    return this.#parts.gate.run(() => feedPage(this.get(space).feed, after, limit));
  }

  tell(space: SpaceId, teller: string, bytes: Uint8Array): Promise<void> {
    return this.#parts.gate.run(() => this.get(space).lessons.tell(teller, bytes));
  }

  readLessons(space: SpaceId, after: number, limit: number): Promise<LessonPage> {
    return this.#parts.gate.run(() => this.get(space).lessons.after(after, limit));
  }

  saveSnapshot(space: SpaceId, name: string, offset: number, bytes: Uint8Array): Promise<void> {
    return this.#parts.gate.run(() => {
      const { snapshots } = this.get(space);
      const saved = snapshots.get(name);
      if (saved === undefined || saved.offset <= offset) {
        snapshots.set(name, { offset, bytes: new Uint8Array(bytes) });
      }
    });
  }

  loadSnapshot(space: SpaceId, name: string): Promise<Snapshot | null> {
    return this.#parts.gate.run(() => {
      const saved = this.get(space).snapshots.get(name);
      return saved === undefined ? null : { offset: saved.offset, bytes: new Uint8Array(saved.bytes) };
    });
  }

  /** Throws SPACE_UNKNOWN. */
  get(space: SpaceId): Space {
    const found = this.#spaces.get(space);
    if (found === undefined) throw new ForesyncError('SPACE_UNKNOWN', 'the space does not exist');
    return found;
  }

  #change(space: Space, request: ChangeRequest, current: Change | null): Change {
    const { blobs, wakeUps } = this.#parts;
    const shard = shardOf(request.item, space.meta.shards);
    const log = logOf(space, shard);
    blobs.refer(request, liveHash(current));
    const change = changeOf(request, current, { epoch: space.epoch, shard, version: log.high + 1 });
    space.append(change, log);
    wakeUps.ring(request.space, shard);
    return change;
  }
}

function logOf(space: Space, shard: number): BoundedLog<Change> {
  const log = space.log(shard);
  if (log !== undefined) return log;
  const last = space.meta.shards - 1;
  throw invalid('shard', `is ${shard}, the last one of the space is ${last}`, `${last}`);
}

function boundsOf({ epoch }: Space, { low, high }: BoundedLog<Change>): LogBounds {
  return { epoch, low, high };
}
