import type { DataHash } from '../domain/ids.js';
import type { Head } from '../domain/item.js';

/**
 * How what a device holds of an item stands against the item as it is: `current`, `old` (other content), `gone` (the
 * item was deleted or never was).
 */
export type Comparison = 'current' | 'old' | 'gone';

/** Compares by content alone: an item that came back to the content that is held is current. */
export function compare(held: DataHash, head: Pick<Head, 'dataHash'> | null): Comparison {
  const current = head?.dataHash ?? null;
  if (current === null) return 'gone';
  return current === held ? 'current' : 'old';
}
