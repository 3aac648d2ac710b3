import type { Activity, ActivityBatch } from '@foresync/protocol';
import { ActivityBatch as ActivityBatchCodec, ActivityType } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { Activity as DomainActivity, ActivityBatch as DomainBatch } from '../../domain/activity.js';
import { ForesyncError } from '../../domain/errors.js';
import { itemId, spaceId } from '../../domain/ids.js';
import { checked, each, Fault } from './fault.js';
import { id, text, time, whole } from './fields.js';

/** What a batch is checked against. */
export interface BatchLimits {
  readonly nowMs: number;
  readonly activityBatchBytes: number;
}

/** A batch of 1 to 256 activities in order of time. Throws FIELD_INVALID or FRAME_TOO_LARGE. */
export function activityBatch(wire: ActivityBatch, frameBytes: number, limits: BatchLimits): DomainBatch {
  refuseOversize(wire, frameBytes, limits.activityBatchBytes);
  return checked(() => {
    const sequence = whole('sequence', wire.sequence, 1);
    const space = spaceId(id('space', wire.space));
    if (wire.activities.length === 0) throw new Fault('activities', 'is empty');
    let before = 0;
    const activities = each('activities', wire.activities, PROTOCOL_LIMITS.activitiesPerBatch, (entry) => {
      const made = activity(entry, limits.nowMs);
      if (made.timeMs < before) throw new Fault('time_ms', 'is earlier than that of the activity before');
      before = made.timeMs;
      return made;
    });
    return { sequence, space, activities };
  });
}

/** A batch is never larger than its frame, so that only batches in large frames are encoded again to be measured. */
function refuseOversize(wire: ActivityBatch, frameBytes: number, limit: number): void {
  if (frameBytes <= limit) return;
  const size = ActivityBatchCodec.encode(wire).finish().length;
  if (size <= limit) return;
  throw new ForesyncError('FRAME_TOO_LARGE', `the batch has ${size} bytes, at most ${limit} are allowed`, {
    field: 'activities',
    facts: { limit: String(limit), size: String(size) },
  });
}

function activity(wire: Activity, nowMs: number): DomainActivity {
  const timeMs = time('time_ms', wire.timeMs, nowMs);
  const locationCell = cell(wire.locationCell);
  if (wire.type === ActivityType.ACTIVITY_TYPE_SEARCHED) {
    if (wire.item !== '') throw new Fault('item', 'must be empty for a search');
    const queryBuckets = each(
      'query_buckets',
      wire.queryBuckets,
      PROTOCOL_LIMITS.queryBucketsPerActivity,
      same,
    );
    return { type: 'searched', queryBuckets, timeMs, locationCell };
  }
  const type = ITEM_TYPES.get(wire.type);
  if (type === undefined) throw new Fault('type', `is ${wire.type}, which is no activity`);
  if (wire.queryBuckets.length > 0) throw new Fault('query_buckets', 'are for searches only');
  return { type, item: itemId(id('item', wire.item)), timeMs, locationCell };
}

/** A geohash cell of at most four characters, or null for none. */
function cell(wire: string): string | null {
  if (wire === '') return null;
  const value = text('location_cell', wire, PROTOCOL_LIMITS.locationCellChars);
  if (!GEOHASH.test(value)) throw new Fault('location_cell', 'is not a geohash');
  return value;
}

const same = (value: number): number => value;

const GEOHASH = /^[0-9b-hjkmnp-z]+$/;

const ITEM_TYPES: ReadonlyMap<number, 'viewed' | 'edited' | 'created'> = new Map([
  [ActivityType.ACTIVITY_TYPE_VIEWED, 'viewed'],
  [ActivityType.ACTIVITY_TYPE_EDITED, 'edited'],
  [ActivityType.ACTIVITY_TYPE_CREATED, 'created'],
]);
