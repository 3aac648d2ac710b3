import type { LessonPage } from '../../domain/lesson-log.js';
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
import { unavailable } from '../failures.js';
import { shardOf } from '../shards.js';
import { compareUtf8 } from '../utf8-order.js';
import type { Batches } from './batches.js';
import { decodeStored } from './changes.js';
import type { Commits } from './commits.js';
import type { Directory, SpaceRecord } from './directory.js';
import type { Keys } from './keys.js';
import type { Lessons } from './lessons.js';
import { HEADS, LIST, READ_LOG } from './lua/shard.js';
import { LOAD_SNAPSHOT, SAVE_SNAPSHOT } from './lua/space.js';
import { bytesOf, bytesOrNull, entriesOf, listOf, textOf, wholeOf } from './replies.js';
import type { Router } from './router.js';
import type { Call } from './script.js';
import type { Wakes } from './wakes.js';

/** A shard is adopted once; twice only if its server is started again in between. */
const ADOPTIONS = 4;

export interface RedisSpacesParts {
  readonly router: Router;
  readonly keys: Keys;
  readonly directory: Directory;
  readonly commits: Commits;
  readonly batches: Batches;
  readonly lessons: Lessons;
  readonly wakes: Wakes;
}

type Snapshot = Awaited<ReturnType<SpaceStore['loadSnapshot']>>;

/** The spaces of a Redis deployment: each shard in a slot of its own. Its wake-ups reach every node. */
export class RedisSpaces implements SpaceStore {
  readonly #parts: RedisSpacesParts;

  constructor(parts: RedisSpacesParts) {
    this.#parts = parts;
  }

  async ensure(space: SpaceId, shards: number): Promise<SpaceMeta> {
    return metaOf(await this.#parts.directory.ensure(space, shards));
  }

  async meta(space: SpaceId): Promise<SpaceMeta | null> {
    const found = await this.#parts.directory.find(space);
    return found === null ? null : metaOf(found);
  }

  async commit(request: ChangeRequest): Promise<CommitResult> {
    const { result, grown } = await this.#parts.commits.commit(request);
    if (result.kind === 'committed' && grown !== null)
      this.#parts.wakes.grown(request.space, grown, result.change.head.version);
    return result;
  }

  async head(space: SpaceId, item: ItemId): Promise<Head | null> {
    const [head] = await this.heads(space, [item]);
    return head ?? null;
  }

  async heads(space: SpaceId, items: readonly ItemId[]): Promise<readonly (Head | null)[]> {
    const record = await this.#parts.directory.get(space);
    const byShard = new Map<number, Set<ItemId>>();
    for (const item of items) {
      const shard = shardOf(item, record.shards);
      byShard.set(shard, (byShard.get(shard) ?? new Set()).add(item));
    }
    const found = new Map<ItemId, Head>();
    await Promise.all(
      [...byShard].map(async ([shard, names]) => {
        for (const { head } of await this.#changes(record, shard, [...names])) found.set(head.item, head);
      }),
    );
    return items.map((item) => found.get(item) ?? null);
  }

  async list(space: SpaceId, prefix: string, after: string, limit: number): Promise<readonly Head[]> {
    const record = await this.#parts.directory.get(space);
    const from = compareUtf8(after, prefix) < 0 ? `[${prefix}` : `(${after}`;
    const shards = Array.from({ length: record.shards }, (_, shard) => shard);
    const pages = await Promise.all(
      shards.map(async (shard) => {
        const { state, live, heads } = this.#parts.keys.shard(space, shard);
        const args = [from, endOf(prefix), limit];
        const [epoch, found] = await this.#onShard(record, shard, {
          script: LIST,
          keys: [state, live, heads],
          args,
        });
        const changes = listOf(found).filter((_, index) => index % 2 === 1);
        return changes.map((change) => decodeStored(space, textOf(epoch), bytesOf(change)).head);
      }),
    );
    return pages
      .flat()
      .sort((a, b) => compareUtf8(a.item, b.item))
      .slice(0, limit);
  }

  async bounds(space: SpaceId, shard: number): Promise<LogBounds> {
    return (await this.#readLog(space, shard, 0, 0)).bounds;
  }

  readLog(space: SpaceId, shard: number, after: number, limit: number): Promise<LogPage> {
    return this.#readLog(space, shard, after, limit);
  }

  wakeUps(space: SpaceId, signal: AbortSignal): AsyncIterable<number> {
    return this.#parts.wakes.listen(space, signal);
  }

  async readFeed(space: SpaceId, after: number, limit: number): Promise<SpaceFeedPage> {
    await this.#parts.directory.get(space);
    return this.#parts.batches.feed(space, after, limit);
  }

  tell(space: SpaceId, teller: string, bytes: Uint8Array): Promise<void> {
    return this.#parts.lessons.tell(space, teller, bytes);
  }

  readLessons(space: SpaceId, after: number, limit: number): Promise<LessonPage> {
    return this.#parts.lessons.read(space, after, limit);
  }

  async saveSnapshot(space: SpaceId, name: string, offset: number, bytes: Uint8Array): Promise<void> {
    const { router, keys, directory } = this.#parts;
    await directory.get(space);
    const key = keys.space(space).snapshot(name);
    await router.run({ script: SAVE_SNAPSHOT, keys: [key], args: [offset, bytes] });
  }

  async loadSnapshot(space: SpaceId, name: string): Promise<Snapshot> {
    const { router, keys, directory } = this.#parts;
    await directory.get(space);
    const key = keys.space(space).snapshot(name);
    const { reply } = await router.runFree({ script: LOAD_SNAPSHOT, keys: [key], args: [] });
    const [offset = null, bytes = null] = listOf(reply);
    return offset === null ? null : { offset: wholeOf(offset), bytes: new Uint8Array(bytesOf(bytes)) };
  }

  async #readLog(space: SpaceId, shard: number, after: number, limit: number): Promise<LogPage> {
    const record = await this.#parts.directory.get(space);
    checkShard(record, shard);
    const { state, log } = this.#parts.keys.shard(space, shard);
    const args = [`${after + 1}-0`, limit];
    const [word, top, length, found] = await this.#onShard(record, shard, {
      script: READ_LOG,
      keys: [state, log],
      args,
    });
    const [epoch, high] = [textOf(word), wholeOf(top)];
    const bounds = { epoch, low: high - wholeOf(length), high };
    if (limit > 0 && after < bounds.low) return { kind: 'compacted', bounds };
    const changes = entriesOf(found).map(([, bytes]) => decodeStored(space, epoch, bytes));
    return { kind: 'page', changes, bounds };
  }

  async #changes(record: SpaceRecord, shard: number, items: readonly ItemId[]): Promise<readonly Change[]> {
    const { state, heads } = this.#parts.keys.shard(record.space, shard);
    const [epoch, found] = await this.#onShard(record, shard, {
      script: HEADS,
      keys: [state, heads],
      args: items,
    });
    return listOf(found).flatMap((value) => {
      const bytes = bytesOrNull(value);
      return bytes === null ? [] : [decodeStored(record.space, textOf(epoch), bytes)];
    });
  }

  /** Runs a call on a shard, after adopting it where its server is another than before. */
  async #onShard(record: SpaceRecord, shard: number, call: Call): Promise<readonly unknown[]> {
    for (let attempt = 0; attempt < ADOPTIONS; attempt++) {
      const reply = listOf((await this.#parts.router.run(call)).reply);
      if (textOf(reply[0]) !== 'boot') return reply;
      await this.#parts.directory.adopt(record, shard);
    }
    throw unavailable('the shard changed its server again and again');
  }
}

function metaOf({ space, shards }: SpaceRecord): SpaceMeta {
  return { space, shards };
}

function checkShard({ shards }: SpaceRecord, shard: number): void {
  if (shard < shards) return;
  throw invalid('shard', `is ${shard}, the last one of the space is ${shards - 1}`, `${shards - 1}`);
}

/** Where all that begin with a prefix end, as ZRANGEBYLEX takes it. UTF-8 has no byte that could not be one higher. */
function endOf(prefix: string): Uint8Array {
  if (prefix === '') return Buffer.from('+');
  const end = Buffer.from(`(${prefix}`, 'utf8');
  end.writeUInt8(end.readUInt8(end.length - 1) + 1, end.length - 1);
  return end;
}
