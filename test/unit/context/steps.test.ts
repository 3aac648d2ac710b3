import assert from 'node:assert/strict';
import type { Activity } from '../../../src/domain/activity.js';
import { deviceId, itemId, pseudonym, spaceId } from '../../../src/domain/ids.js';
import { stepsOf } from '../../../src/context/steps.js';

const user = pseudonym('u');
const device = deviceId('d');
const space = spaceId('s');
const touch = (type: 'viewed' | 'edited' | 'created', item: string, timeMs: number): Activity => ({
  type,
  item: itemId(item),
  timeMs,
  locationCell: null,
});
const stepsFor = (activities: readonly Activity[]) =>
  stepsOf(user, device, { space, sequence: 1, activities });

describe('stepsOf', () => {
  it('groups by whole second and merges what happened to an item: created before edited before viewed', () => {
    const steps = stepsFor([
      touch('viewed', 'a', 1000),
      touch('edited', 'a', 1999),
      touch('viewed', 'b', 1500),
      touch('created', 'c', 1100),
      touch('edited', 'c', 1200),
      touch('viewed', 'a', 2000),
    ]);
    assert.deepEqual(
      steps.map(({ timeMs, items }) => [timeMs, items.map(({ item, kind }) => `${item} ${kind}`)]),
      [
        [1000, ['a edited', 'b viewed', 'c created']],
        [2000, ['a viewed']],
      ],
    );
    assert.deepEqual([steps[0]?.user, steps[0]?.device, steps[0]?.space], [user, device, space]);
  });

  it('puts steps in order of time, whatever the order of the activities', () => {
    const times = stepsFor([touch('viewed', 'a', 9000), touch('viewed', 'b', 1000)]).map((s) => s.timeMs);
    assert.deepEqual(times, [1000, 9000]);
  });

  it('keeps the query buckets of a second, each once, and its last location', () => {
    const search = (queryBuckets: number[], locationCell: string | null): Activity => ({
      type: 'searched',
      queryBuckets,
      timeMs: 5000,
      locationCell,
    });
    const [step] = stepsFor([search([3, 1], 'u0'), search([1, 7], 'u1'), search([], null)]);
    assert.deepEqual([step?.items, step?.queryBuckets, step?.locationCell], [[], [3, 1, 7], 'u1']);
  });

  it('makes no step of no activity', () => assert.deepEqual(stepsFor([]), []));
});
