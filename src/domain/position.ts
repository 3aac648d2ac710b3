import type { SpaceId } from './ids.js';

/**
 * A place in the change log of one shard of a space. Offsets of different epochs say nothing about each other:
 * the epoch changes when a log was lost and made anew (Centrifuge's StreamPosition).
 */
export interface Position {
  readonly space: SpaceId;
  readonly shard: number;
  readonly epoch: string;
  /** Offset of the last change covered; 0 is before the first. */
  readonly offset: number;
}

/** How a known position relates to the log as it is now. */
export type PositionStanding = 'current' | 'behind' | 'compacted' | 'other-epoch' | 'ahead';

/** Bounds of a shard's log: entries with `low < offset <= high` can be read. */
export interface LogBounds {
  readonly epoch: string;
  readonly low: number;
  readonly high: number;
}

/** Decides whether a log can go on from a position. `ahead` means that the log lost its end: treat it as lost. */
export function standing(position: Position, log: LogBounds): PositionStanding {
  if (position.epoch !== log.epoch) return 'other-epoch';
  if (position.offset > log.high) return 'ahead';
  if (position.offset === log.high) return 'current';
  return position.offset < log.low ? 'compacted' : 'behind';
}
