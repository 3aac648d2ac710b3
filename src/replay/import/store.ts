import { ForesyncError } from '../../domain/errors.js';
import { lastOffset } from '../../domain/feed.js';
import type { ItemId, Pseudonym, SpaceId } from '../../domain/ids.js';
import { itemId } from '../../domain/ids.js';
import type { Change, Head } from '../../domain/item.js';
import type { FeedEntry, SpaceFeedPage, SpaceStore, Store } from '../../domain/store-port.js';
import { EventTable } from './event-table.js';
import type { ImportResult } from './import-result.js';
import { LeftOut } from './import-result.js';
import type { Naming } from './pseudonyms.js';
import { CHANGED, DeviceNumbers, usesOf, withChanges } from './store-events.js';

export interface StoreImportOptions {
  /** Names an item in the trace. */
  readonly naming: Naming;
  onProgress(events: number): void;
}

const PAGE = 512;

/**
 * What a store remembers of the use of a space, as a trace that a model may learn from: the batches in the space's feed
 * (the newest `feedRetention`), changes by backends (of the newest `logRetention` a shard) as changes from outside, sizes
 * and edges of the used items as they are now. People are pseudonyms, devices are numbers; search terms are left out.
 * Throws SPACE_UNKNOWN, and TRACE_INVALID if nobody used anything.
 */
export async function importStore(
  { spaces, users }: Pick<Store, 'spaces' | 'users'>,
  space: SpaceId,
  options: StoreImportOptions,
): Promise<ImportResult> {
  const meta = await spaces.meta(space);
  if (meta === null) throw new ForesyncError('SPACE_UNKNOWN', `there is no space "${space}" in this store`);
  const leftOut = new LeftOut();
  const used = await readUses({ spaces, users }, space, leftOut, options);
  if (used.size === 0) throw new ForesyncError('TRACE_INVALID', `nobody used anything in space "${space}"`);
  const changes: Change[] = [];
  for (let shard = 0; shard < meta.shards; shard++) {
    for await (const change of logOf(spaces, space, shard)) {
      if (change.writer === null && concerns(change, used.items)) changes.push(change);
    }
  }
  const { naming } = options;
  const events = new EventTable();
  for (const event of withChanges(used.inOrder(), changes))
    events.add({ ...event, item: naming(event.item) });
  const items = new Set([...used.items, ...changes.map(({ head }) => head.item)]);
  const heads = await headsOf(spaces, space, [...items].map(itemId));
  return {
    trace: {
      meta: { name: space, licence: 'own', train: true, ...TYPES },
      events,
      relations: relationsOf(heads, items).map(([from, to]) => [naming(from), naming(to)]),
      sizes: new Map(heads.map(({ item, sizeBytes }) => [naming(item), sizeBytes])),
    },
    leftOut: leftOut.counts,
  };
}

/** A change of what nobody uses concerns nobody, unless it is addressed (a message that stays unread). */
const concerns = ({ head, audience }: Change, used: ReadonlySet<string>): boolean =>
  audience.length > 0 || used.has(head.item);

/** The types of events are those of activity, and one for changes by backends. */
const TYPES = { writes: ['edited'], creates: ['created'], outside: [CHANGED] };

/** Meets everybody, so that the store's logs name them. */
async function readUses(
  { spaces, users }: Pick<Store, 'spaces' | 'users'>,
  space: SpaceId,
  leftOut: LeftOut,
  options: StoreImportOptions,
): Promise<EventTable> {
  const [used, devices, met] = [new EventTable(), new DeviceNumbers(), new Set<Pseudonym>()];
  for await (const entry of feedOf(spaces, space)) {
    if (!met.has(entry.user)) await users.meet(entry.user);
    met.add(entry.user);
    for (const event of usesOf(entry, devices, leftOut)) used.add(event);
    if (entry.offset % 10_000 === 0) options.onProgress(used.size);
  }
  return used;
}

async function* feedOf(spaces: SpaceStore, space: SpaceId): AsyncGenerator<FeedEntry> {
  for (let after: number | null = 0; after !== null; ) {
    const page: SpaceFeedPage = await spaces.readFeed(space, after, PAGE);
    yield* page.entries;
    after = lastOffset(page);
  }
}

async function* logOf(spaces: SpaceStore, space: SpaceId, shard: number): AsyncGenerator<Change> {
  for (let after = (await spaces.bounds(space, shard)).low; ; ) {
    const page = await spaces.readLog(space, shard, after, PAGE);
    const changes = page.kind === 'page' ? page.changes : [];
    yield* changes;
    const last = changes.at(-1);
    // Compacted meanwhile: what is gone is gone, the rest begins at the new bounds.
    if (page.kind === 'compacted') after = page.bounds.low;
    else if (last === undefined) return;
    else after = last.head.version;
  }
}

async function headsOf(
  spaces: SpaceStore,
  space: SpaceId,
  items: readonly ItemId[],
): Promise<readonly Head[]> {
  const found: Head[] = [];
  for (let from = 0; from < items.length; from += PAGE) {
    const heads = await spaces.heads(space, items.slice(from, from + PAGE));
    for (const head of heads) if (head !== null && head.dataHash !== null) found.push(head);
  }
  return found;
}

/** Edges among items of the trace: a replay knows no others. */
function relationsOf(
  heads: readonly Head[],
  items: ReadonlySet<string>,
): readonly (readonly [string, string])[] {
  return heads.flatMap(({ item, edges }) => {
    const targets = new Set(edges.map((edge) => edge.item).filter((target) => items.has(target)));
    return [...targets].map((target) => [item, target] as const);
  });
}
