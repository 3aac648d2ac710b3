import type { DataHash, ItemId } from '../domain/ids.js';
import type { ManifestChange } from '../domain/store-port.js';
import { checkCount } from './checks.js';
import type { StoreLimits } from './options.js';

/** A change of a manifest with each item once: what is dropped and held again is held. */
export interface ManifestDelta {
  readonly puts: ReadonlyMap<ItemId, DataHash>;
  readonly drops: ReadonlySet<ItemId>;
}

export function manifestDelta({ held, dropped }: ManifestChange): ManifestDelta {
  const puts = new Map(held.map(({ item, dataHash }) => [item, dataHash]));
  return { puts, drops: new Set(dropped.filter((item) => !puts.has(item))) };
}

/** How many items a manifest of `size` items has after a change. */
export function manifestSize(size: number, has: (item: ItemId) => boolean, delta: ManifestDelta): number {
  let after = size;
  for (const item of delta.drops) if (has(item)) after--;
  for (const item of delta.puts.keys()) if (!has(item)) after++;
  return after;
}

/** Throws FIELD_INVALID for a manifest that would be too large. */
export function checkManifestSize(size: number, { manifestItems }: StoreLimits): void {
  checkCount('manifest', size, manifestItems);
}
