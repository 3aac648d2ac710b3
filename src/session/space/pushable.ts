import type { SpaceStatistics } from '../../domain/engine-port.js';
import type { DataHash, ItemId } from '../../domain/ids.js';
import type { Scored } from '../../domain/plan.js';
import { bundleBytes, bundleOf } from '../../planner/closure.js';

/**
 * The item with what pushing it takes, not scored yet; none if the device `holds` it, if nobody has it, or if it is too much
 * for one push.
 */
export function pushable(
  statistics: Pick<SpaceStatistics, 'head'>,
  item: ItemId,
  holds: (item: ItemId) => DataHash | undefined,
): readonly Scored[] {
  const head = statistics.head(item);
  if (head === undefined || head.dataHash === null || holds(item) === head.dataHash) return [];
  const bundle = bundleOf({ ...head, dataHash: head.dataHash }, (part) => statistics.head(part), holds);
  return bundle === null ? [] : [{ item, score: 0, bytes: bundleBytes(bundle), bundle }];
}
