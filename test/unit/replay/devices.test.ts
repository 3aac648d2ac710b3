import assert from 'node:assert/strict';
import { itemId, userId } from '../../../src/domain/ids.js';
import { splitDevices } from '../../../src/replay/devices.js';
import { lastSteps } from '../../../src/replay/last-steps.js';
import type { OutsideChange, Trace, TraceMoment, TraceStep } from '../../../src/replay/trace-types.js';

const meta = { name: 't', licence: '', train: false, writes: [], creates: [], outside: [] };

/** Steps as [user, hour of the day]; a number alone is an outside change. */
function trace(...told: readonly (readonly [string, number] | 'outside')[]): Trace {
  const steps: TraceStep[] = [];
  const moments = told.map((entry): TraceMoment => {
    if (entry === 'outside') return outside;
    const [user, hour] = entry;
    const step = {
      kind: 'step',
      index: steps.length,
      user: userId(user),
      device: null,
      timeS: hour * 3600,
      items: [],
    } as const;
    steps.push(step);
    return step;
  });
  return { name: 't', meta, steps, moments, relations: new Map(), sizeOf: () => 1 };
}

const outside: OutsideChange = { kind: 'outside', timeS: 0, item: itemId('i'), users: [] };
const devices = (of: Trace): string => of.steps.map(({ device }) => device ?? '-').join('');

describe('replay/devices', () => {
  it('deals steps by their distance from the user’s median hour', () => {
    assert.equal(
      devices(
        splitDevices(trace(['u', 9], ['u', 10], ['u', 11], ['u', 16], ['u', 16.5], ['u', 4], ['u', 3])),
      ),
      'aaaabab',
    );
  });

  it('goes around midnight', () => {
    assert.equal(devices(splitDevices(trace(['u', 23], ['u', 0], ['u', 1], ['u', 4.5], ['u', 12]))), 'aaaab');
  });

  it('knows each user apart, and gives a single step device a', () => {
    assert.equal(devices(splitDevices(trace(['u', 1], ['v', 13], ['u', 1], ['v', 13], ['w', 20]))), 'aaaaa');
  });

  it('keeps moments and steps the same objects, and outside changes', () => {
    const split = splitDevices(trace(['u', 1], 'outside', ['u', 20]));
    assert.deepEqual(split.moments, [split.steps[0], outside, split.steps[1]]);
    assert.equal(split.moments[2], split.steps[1]);
  });
});

describe('replay/last-steps', () => {
  it('keeps the last steps, numbered anew, and what came from outside since the first of them', () => {
    const cut = lastSteps(trace(['u', 1], 'outside', ['u', 2], 'outside', ['u', 3]), 2);
    assert.deepEqual(
      cut.steps.map(({ index, timeS }) => [index, timeS / 3600]),
      [
        [0, 2],
        [1, 3],
      ],
    );
    assert.deepEqual(cut.moments, [cut.steps[0], outside, cut.steps[1]]);
  });

  it('keeps the whole trace if it has no more', () => {
    const whole = trace(['u', 1], ['u', 2]);
    assert.equal(lastSteps(whole, 2), whole);
    assert.equal(lastSteps(whole, 100), whole);
  });
});
