import type { Activity as WireActivity } from '@foresync/protocol';
import { ActivityType } from '@foresync/protocol';
import type { Activity } from './activity.js';
import { fieldInvalid } from './errors.js';
import { coarseCell } from './geohash.js';
import { checkedId } from './ids.js';
import type { TermHash } from './query-terms.js';
import { queryTerms } from './query-terms.js';

/** An activity that was checked and reduced to what may be sent; a search still needs the user's key. */
export interface Anonymised {
  readonly space: string;
  readonly timeMs: number;
  /** The activity as it is sent; null while a search waits for the key. */
  seal(hash: TermHash | null): WireActivity | null;
}

export interface AnonymiseRules {
  /** The spaces that the client follows. */
  readonly spaces: readonly string[];
  readonly locationPermitted: boolean;
  /** Now by the server's clock. */
  readonly nowMs: number;
}

/** Takes the allowed fields of an activity, one by one. Throws FIELD_INVALID for a value that cannot be. */
export function anonymise(activity: Activity, rules: AnonymiseRules): Anonymised {
  const space = spaceOf(activity, rules.spaces);
  const timeMs = timeOf(activity, rules.nowMs);
  const { location } = activity;
  const locationCell = rules.locationPermitted && location !== undefined ? coarseCell(location) : '';
  const common = { timeMs: BigInt(timeMs), locationCell };
  if (activity.type === 'searched') {
    const terms = queryTerms(checkedQuery(activity.query));
    const type = ActivityType.ACTIVITY_TYPE_SEARCHED;
    const seal = (hash: TermHash | null): WireActivity | null =>
      hash === null ? null : { type, item: '', queryBuckets: terms.map(hash), ...common };
    return { space, timeMs, seal };
  }
  const sealed = {
    type: typeOf(activity.type),
    item: checkedId('item', activity.item),
    queryBuckets: [],
    ...common,
  };
  return { space, timeMs, seal: () => sealed };
}

function spaceOf(activity: Activity, spaces: readonly string[]): string {
  const only = spaces.length === 1 ? spaces[0] : undefined;
  const space = activity.space ?? only;
  if (space === undefined) throw fieldInvalid('space', 'is missing, and the client follows several');
  if (!spaces.includes(space)) throw fieldInvalid('space', 'is not one that the client follows');
  return space;
}

function timeOf({ timeMs }: Activity, nowMs: number): number {
  if (timeMs === undefined) return Math.max(0, Math.round(nowMs));
  if (Number.isSafeInteger(timeMs) && timeMs >= 0) return timeMs;
  throw fieldInvalid('timeMs', `is ${timeMs}: it must be whole milliseconds since the epoch`);
}

function checkedQuery(query: string): string {
  if (typeof query === 'string') return query;
  throw fieldInvalid('query', 'is not a text');
}

function typeOf(type: string): ActivityType {
  const wire = ITEM_TYPES.get(type);
  if (wire === undefined)
    throw fieldInvalid('type', `is ${type}: it must be viewed, edited, created or searched`);
  return wire;
}

const ITEM_TYPES: ReadonlyMap<string, ActivityType> = new Map([
  ['viewed', ActivityType.ACTIVITY_TYPE_VIEWED],
  ['edited', ActivityType.ACTIVITY_TYPE_EDITED],
  ['created', ActivityType.ACTIVITY_TYPE_CREATED],
]);
