import type { Change } from '../domain/item.js';
import type { Position } from '../domain/position.js';

/** The place that a change has in the log of its shard. */
export function positionOf(change: Change): Position {
  return { space: change.space, shard: change.head.shard, epoch: change.epoch, offset: change.head.version };
}
