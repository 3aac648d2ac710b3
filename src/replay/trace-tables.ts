import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { ItemId } from '../domain/ids.js';
import { itemId } from '../domain/ids.js';
import { contentSize } from './sizes.js';
import { checkedId, checkedNumber, readTable } from './table.js';
import { tableFile } from './trace-files.js';

/** What the tables of a trace may hold at most; beyond it the trace is refused, so that memory stays bounded. */
export const TABLE_LIMITS = { events: 4_000_000, relations: 4_000_000, items: 2_000_000 } as const;

/** `relations.csv`: what each item depends on, at most 256 a source (the first ones count). Empty if there is no file. */
export async function readRelations(folder: string): Promise<ReadonlyMap<ItemId, readonly ItemId[]>> {
  const relations = new Map<ItemId, ItemId[]>();
  const file = await tableFile(folder, 'relations.csv');
  if (file === null) return relations;
  const shape = { required: ['src', 'dst'], optional: [], maxLines: TABLE_LIMITS.relations } as const;
  for await (const { place, values } of readTable<'src' | 'dst'>(file, shape)) {
    const source = itemId(checkedId(values.src, 'src', place));
    const target = itemId(checkedId(values.dst, 'dst', place));
    const targets = relations.get(source) ?? [];
    const isNew = source !== target && !targets.includes(target);
    if (isNew && targets.length < PROTOCOL_LIMITS.edgesPerItem) targets.push(target);
    relations.set(source, targets);
  }
  return relations;
}

/**
 * `items.csv`: sizes in bytes, brought into what a content can have; of several sizes of an item the last one counts.
 * Empty if there is no file.
 */
export async function readSizes(folder: string): Promise<ReadonlyMap<ItemId, number>> {
  const sizes = new Map<ItemId, number>();
  const file = await tableFile(folder, 'items.csv');
  if (file === null) return sizes;
  const shape = { required: ['item', 'size_bytes'], optional: [], maxLines: TABLE_LIMITS.items } as const;
  for await (const { place, values } of readTable<'item' | 'size_bytes'>(file, shape)) {
    const item = itemId(checkedId(values.item, 'item', place));
    sizes.set(
      item,
      contentSize(checkedNumber(values.size_bytes, 'size_bytes', place, Number.MAX_SAFE_INTEGER)),
    );
  }
  return sizes;
}
