import type { DataHash, ItemId } from '../domain/ids.js';
import type { Head } from '../domain/item.js';
import type { PlannedItem } from '../domain/plan.js';

/** Most items that travel together. */
export const BUNDLE_ITEMS = 256;

/**
 * The item and all parts of it, parts of parts too, that a device lacks: the item first, then its parts as their edges
 * name them. Parts that do not exist have nothing to bring. null if more would travel than `BUNDLE_ITEMS`: then the
 * item cannot be pushed as content.
 */
export function bundleOf(
  head: Head & { readonly dataHash: DataHash },
  headOf: (item: ItemId) => Head | undefined,
  holds: (item: ItemId) => DataHash | undefined,
): readonly PlannedItem[] | null {
  const bundle: PlannedItem[] = [planned(head, head.dataHash)];
  if (head.edges.length === 0) return bundle;
  const seen = new Set<ItemId>([head.item]);
  // Parts are looked into even if the device holds them: what they embed may have changed. Bounded by what is seen.
  for (const queue: Head[] = [head]; ; ) {
    const next = queue.shift();
    if (next === undefined) return bundle;
    for (const { item, kind } of next.edges) {
      if (kind !== 'part' || seen.has(item)) continue;
      if (seen.size >= BUNDLE_ITEMS) return null;
      seen.add(item);
      const part = headOf(item);
      if (part === undefined || part.dataHash === null) continue;
      queue.push(part);
      if (holds(item) !== part.dataHash) bundle.push(planned(part, part.dataHash));
    }
  }
}

/** Bytes that pushing a bundle takes. */
export function bundleBytes(bundle: readonly PlannedItem[]): number {
  return bundle.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function planned({ item, version, sizeBytes }: Head, dataHash: DataHash): PlannedItem {
  return { item, dataHash, version, sizeBytes };
}
