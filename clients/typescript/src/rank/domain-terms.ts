import type { Activity as WireActivity, ActivityBatch as WireBatch } from '@foresync/protocol';
import { ActivityType } from '@foresync/protocol';
import type { Activity, ActivityBatch, Head } from '@foresync/ranking';
import { dataHash, itemId, spaceId } from '@foresync/ranking';
import type { Checkpoint } from '../checkpoint.js';

/** A batch as the server's rooms know it. */
export function batchOf({ space, sequence, activities }: WireBatch): ActivityBatch {
  return { space: spaceId(space), sequence: Number(sequence), activities: activities.flatMap(activityOf) };
}

/** The head of an item as far as a checkpoint tells it. */
export function headOf({ item, version, dataHash: hash, ...checkpoint }: Checkpoint): Head {
  return {
    item: itemId(item),
    shard: 0,
    version,
    dataHash: dataHash(hash),
    sizeBytes: checkpoint.sizeBytes,
    timestampMs: checkpoint.timestampMs,
    edges: checkpoint.edges.map(({ item: target, kind }) => ({ item: itemId(target), kind })),
  };
}

function activityOf({ type, item, timeMs, queryBuckets }: WireActivity): Activity[] {
  const common = { timeMs: Number(timeMs), locationCell: null };
  switch (type) {
    case ActivityType.ACTIVITY_TYPE_VIEWED:
      return [{ type: 'viewed', item: itemId(item), ...common }];
    case ActivityType.ACTIVITY_TYPE_EDITED:
      return [{ type: 'edited', item: itemId(item), ...common }];
    case ActivityType.ACTIVITY_TYPE_CREATED:
      return [{ type: 'created', item: itemId(item), ...common }];
    case ActivityType.ACTIVITY_TYPE_SEARCHED:
      return [{ type: 'searched', queryBuckets, ...common }];
    case ActivityType.ACTIVITY_TYPE_UNSPECIFIED:
    case ActivityType.UNRECOGNIZED:
      return [];
  }
}
