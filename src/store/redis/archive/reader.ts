import type { ArchivePage, ArchivePart, ArchiveReader, ArchiveRecord } from '../../../domain/archive-port.js';
import type { DataHash } from '../../../domain/ids.js';
import { dataHash, pseudonym, spaceId } from '../../../domain/ids.js';
import { corrupt, unavailable, unfinishedFailure } from '../../failures.js';
import type { StoreLimits } from '../../options.js';
import type { Access } from '../access.js';
import { Keys } from '../keys.js';
import { BLOB_AS_OF, COPIED_MARK } from '../lua/archive.js';
import { READ_BLOB } from '../lua/blob.js';
import { LOAD_SNAPSHOT } from '../lua/space.js';
import { bytesOf, listOf, textOf, wholeOf } from '../replies.js';
import type { RedisSettings } from '../settings.js';
import { CHUNK_BYTES } from '../upload.js';
import type { Reaching } from '../user-records.js';
import { KeyLists } from './key-lists.js';
import type { KeyKind } from './key-names.js';
import { digitsIn, named } from './key-names.js';
import { openForCopy } from './open-for-copy.js';
import type { Page } from './space-reading.js';
import { readBounds, readSpace, sizeOf, sourcesOf } from './space-reading.js';
import { mustBeUnused } from './usage.js';
import { readUser } from './user-reading.js';

/** Keys of a page: users are read whole, so many at a time. */
const USERS = 32;
const KEYS = 128;

/** All that is in a Redis deployment. Cursors are keys; inside a space, a list of space, source in it, and place in that. */
export class RedisArchiveReader implements ArchiveReader {
  readonly #access: Access;
  readonly #reaching: Reaching;
  readonly #lists: KeyLists;
  readonly #limits: StoreLimits;

  /** Reads over what somebody else opened, or `open` did. */
  constructor(access: Access, keys: Keys, limits: StoreLimits) {
    this.#access = access;
    const runFree: Access['router']['runFree'] = (call) => access.router.runFree(call);
    // Nobody writes but whoever makes a copy, which waits for replicas itself.
    this.#reaching = { router: { run: runFree, runFree }, keys };
    this.#lists = new KeyLists(access);
    this.#limits = limits;
  }

  /** The partitions are those of the store, whatever the settings say. Throws as `openRedis`. */
  static open(url: string, limits: StoreLimits, given: Partial<RedisSettings>): Promise<RedisArchiveReader> {
    return openForCopy(url, given, (access, layout) => {
      if (layout === null) throw unavailable('FROM has no store');
      if (layout.state === 'copying') throw unfinishedFailure('from');
      return new RedisArchiveReader(access, new Keys(layout.partitions), limits);
    });
  }

  mustBeIdle(): Promise<void> {
    return mustBeUnused(this.#access);
  }

  async count(part: ArchivePart): Promise<number> {
    if (part !== 'items') return this.#lists.count(KINDS[part]);
    let total = await this.#lists.count('snapshot');
    for await (const space of this.#spaces('')) total += await sizeOf(this.#reaching, space);
    return total;
  }

  read(part: ArchivePart, after: string, asOfMs: number): AsyncIterable<ArchivePage> {
    switch (part) {
      case 'blobs':
        return this.#pages('blob', after, KEYS, (key) => this.#blob(key, asOfMs));
      case 'spaces':
        return this.#pages('space', after, 1, (key) => this.#space(key));
      case 'items':
        return this.#items(after);
      case 'users':
        return this.#pages('user', after, USERS, (key) =>
          readUser(this.#reaching, pseudonym(named(key)?.id ?? '')),
        );
      case 'forgotten':
        return this.#pages('mark', after, KEYS, (key) => this.#mark(key, asOfMs));
    }
  }

  async *content(hash: DataHash, sizeBytes: number): AsyncGenerator<Uint8Array> {
    const { router, keys } = this.#reaching;
    const { meta, claims, chunks } = keys.blob(hash);
    for (let index = 0; index * CHUNK_BYTES < sizeBytes; index++) {
      // At the beginning of time no grace is over.
      const call = { script: READ_BLOB, keys: [meta, claims, chunks] as const, args: [0, 0, index, index] };
      const { reply } = await router.runFree(call);
      const [, chunk] = reply === null ? [] : listOf(reply);
      if (chunk === undefined || bytesOf(chunk).length === 0) throw corrupt('a content');
      yield bytesOf(chunk);
    }
  }

  close(): Promise<void> {
    return this.#access.close();
  }

  /** What is under the keys of a kind, some keys at a time. */
  async *#pages(
    kind: KeyKind,
    after: string,
    atOnce: number,
    read: (key: string) => Promise<readonly ArchiveRecord[]>,
  ): AsyncGenerator<ArchivePage> {
    const page = async (keys: readonly string[]): Promise<ArchivePage> => {
      const records = (await Promise.all(keys.map(read))).flat();
      return { records, after: keys.at(-1) ?? after, steps: keys.length };
    };
    let waiting: string[] = [];
    for await (const key of this.#lists.after(kind, after)) {
      waiting.push(key);
      if (waiting.length < atOnce) continue;
      yield await page(waiting);
      waiting = [];
    }
    if (waiting.length > 0) yield await page(waiting);
  }

  async *#items(cursor: string): AsyncGenerator<ArchivePage> {
    const begun = cursor === '' ? START : readCursor(cursor);
    if (begun.source >= 0) {
      let { source, after } = begun;
      for await (const space of this.#spaces(begun.key)) {
        const key = this.#reaching.keys.space(space.space).meta;
        const sources = sourcesOf(this.#reaching, space);
        for (; source < sources.length; source++, after = '') {
          for (let at: string | null = after; at !== null; ) {
            const page: Page | undefined = await sources[source]?.(at);
            const next: string | null = page?.next ?? null;
            const place = next === null ? [key, source + 1, ''] : [key, source, next];
            const records = page?.records ?? [];
            yield { records, after: JSON.stringify(place), steps: records.length };
            at = next;
          }
        }
        source = 0;
      }
    }
    const from = begun.source < 0 ? begun.key : '';
    for await (const page of this.#pages('snapshot', from, 1, (key) => this.#snapshot(key)))
      yield { ...page, after: JSON.stringify([page.after, -1, '']) };
  }

  /** Spaces from this key on, itself included. */
  async *#spaces(from: string): AsyncGenerator<Extract<ArchiveRecord, { kind: 'space' }>> {
    const { keys } = this.#reaching;
    const first = from === '' ? null : await readSpace(this.#reaching, spaceId(named(from)?.id ?? ''));
    if (first !== null && keys.space(first.space).meta === from) yield first;
    for await (const key of this.#lists.after('space', from)) {
      const space = await readSpace(this.#reaching, spaceId(named(key)?.id ?? ''));
      if (space !== null) yield space;
    }
  }

  async #space(key: string): Promise<readonly ArchiveRecord[]> {
    const space = await readSpace(this.#reaching, spaceId(named(key)?.id ?? ''));
    return space === null ? [] : readBounds(this.#reaching, space);
  }

  async #snapshot(key: string): Promise<readonly ArchiveRecord[]> {
    const { id = '', rest = '' } = named(key) ?? {};
    const { reply } = await this.#reaching.router.runFree({ script: LOAD_SNAPSHOT, keys: [key], args: [] });
    const [offset, bytes] = listOf(reply);
    const name = rest.slice(':p:'.length);
    const read = new Uint8Array(bytesOf(bytes));
    return [{ kind: 'snapshot', space: spaceId(id), name, offset: wholeOf(offset), bytes: read }];
  }

  async #blob(key: string, asOfMs: number): Promise<readonly ArchiveRecord[]> {
    const hash = dataHash(digitsIn(key));
    const { meta, claims } = this.#reaching.keys.blob(hash);
    const args = [asOfMs, this.#limits.blobGraceMs];
    const { reply } = await this.#reaching.router.run({ script: BLOB_AS_OF, keys: [meta, claims], args });
    if (reply === null) return [];
    const [size, since = null] = listOf(reply);
    const unreferencedMs = since === null ? null : wholeOf(since);
    return [{ kind: 'blob', hash, sizeBytes: wholeOf(size), unreferencedMs }];
  }

  async #mark(key: string, asOfMs: number): Promise<readonly ArchiveRecord[]> {
    const { reply } = await this.#reaching.router.run({ script: COPIED_MARK, keys: [key], args: [] });
    const [word = null] = listOf(reply);
    if (word === null) return [];
    const isUnfinished = textOf(word).endsWith('p');
    const era = wholeOf(textOf(word).replace('p', ''));
    const isOver = !isUnfinished && era < asOfMs - this.#limits.forgottenMs;
    return isOver ? [] : [{ kind: 'forgotten', mark: digitsIn(key), era, isUnfinished }];
  }
}

const KINDS = { blobs: 'blob', spaces: 'space', users: 'user', forgotten: 'mark' } as const;

interface ItemsCursor {
  readonly key: string;
  /** -1: in the snapshots. */
  readonly source: number;
  readonly after: string;
}

const START: ItemsCursor = { key: '', source: 0, after: '' };

function readCursor(text: string): ItemsCursor {
  // `#items` wrote it.
  const [key, source, after] = JSON.parse(text) as [string, number, string];
  return { key, source, after };
}
