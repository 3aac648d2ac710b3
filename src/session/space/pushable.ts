import type { SpaceStatistics } from '../../domain/engine-port.js';
import type { DataHash, ItemId } from '../../domain/ids.js';
import type { PlannedPush, Scored } from '../../domain/plan.js';
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

/** Candidates with what a policy scores them, in their order, and with what else ranks them, and orders them by need, if anything. */
export function scoredBy(
  candidates: readonly Scored[],
  scores: ArrayLike<number>,
  ranks: ArrayLike<number> | null,
  needs: ArrayLike<number> | null,
): readonly Scored[] {
  return candidates.map((candidate, place) => ({
    ...candidate,
    score: finite(scores[place]),
    ...(ranks === null ? {} : { rank: finite(ranks[place]) }),
    ...(needs === null ? {} : { need: finite(needs[place]) }),
  }));
}

/** The items whose contents a plan pushes. */
export function contentOf(pushes: readonly PlannedPush[]): readonly ItemId[] {
  return pushes.filter(({ kind }) => kind === 'content').map(({ scored }) => scored.item);
}

/** A policy that answers nonsense about an item says nothing about it. */
function finite(score: number | undefined): number {
  return score !== undefined && Number.isFinite(score) && score > 0 ? score : 0;
}
