import assert from 'node:assert/strict';
import { traceOf } from '../../support/traces.js';

/** Each moment as `user second: item…`, created items with +, written ones with *. */
const told = (rows: string, meta = {}): string[] =>
  traceOf(rows, { meta }).moments.map((moment) => {
    if (moment.kind === 'outside') return `${moment.item} ${moment.timeS}! ${moment.users.join(' ')}`;
    const items = moment.items.map(
      ({ item, created, written }) => `${item}${created ? '+' : written ? '*' : ''}`,
    );
    return `${moment.user} ${moment.timeS}: ${items.join(' ')}`;
  });

describe('StepMaker', () => {
  it('makes a step of a user and a whole second, each item once, its types merged', () => {
    const rows = `
      u a view 1.0
      v a view 1.2
      u b edit 1.5
      u a edit 1.9
      u c edit 1.9
      u c add 1.9
      u a view 2.0`;
    assert.deepEqual(told(rows), ['u 1: a* b* c+', 'v 1: a', 'u 2: a']);
  });

  it('numbers steps from 0 and takes the device of the first line', () => {
    const { steps } = traceOf('u a view 1 phone\nu b view 1 laptop\nv a view 2');
    assert.deepEqual(
      steps.map(({ index, device }) => [index, device]),
      [
        [0, 'phone'],
        [1, null],
      ],
    );
  });

  it('takes * for every type and first for the first event of an item', () => {
    const meta = { writes: ['*'], creates: ['first'] };
    assert.deepEqual(told('u a x 1\nu b y 2\nu a x 3', meta), ['u 1: a+', 'u 2: b+', 'u 3: a*']);
  });

  it('drops steps of more than 100 items, their writes included', () => {
    const lines = (count: number, second: number): string =>
      Array.from({ length: count }, (_, n) => `u i${n} edit ${second}`).join('\n');
    assert.equal(traceOf(lines(100, 1)).steps.length, 1);
    assert.equal(traceOf(lines(101, 1)).steps.length, 0);
    assert.deepEqual(told(`v i1 view 1\n${lines(101, 2)}\nv i1 view 3`), ['v 1: i1']);
  });

  it('drops a step that is just the single item of the step before again, write and all', () => {
    assert.deepEqual(told('u a view 1\nu a edit 2\nu a view 3'), ['u 1: a']);
    assert.deepEqual(told('u a view 1\nu a view 2\nu b view 3\nu a view 4'), ['u 1: a', 'u 3: b', 'u 4: a']);
    assert.deepEqual(told('u a view 1\nu b view 1\nu a view 2'), ['u 1: a b', 'u 2: a']);
    assert.deepEqual(told('u a view 1\nu a view 2\nu b view 2'), ['u 1: a', 'u 2: a b']);
  });

  it('keeps it if another user or something from outside changed the item in between', () => {
    assert.deepEqual(told('u a view 1\nv a edit 2\nu a view 3'), ['u 1: a', 'v 2: a*', 'u 3: a']);
    assert.deepEqual(told('u a view 1\nv a view 2\nu a view 3'), ['u 1: a', 'v 2: a']);
    assert.deepEqual(told('u a view 1\nu a arrive 2\nu a view 3'), ['u 1: a', 'a 2! u', 'u 3: a']);
    assert.deepEqual(told('v a edit 0\nu a view 1\nu a view 3'), ['v 0: a*', 'u 1: a']);
  });

  it('does not take a dropped write for a change', () => {
    const rows = 'u a view 1\nv a view 1\nv a edit 2\nu a view 3';
    assert.deepEqual(told(rows), ['u 1: a', 'v 1: a']);
  });

  it('makes one change of the outside rows of an item in a second, in the order of the trace', () => {
    const rows = 'u m arrive 1.1\nv m arrive 1.5\nu n arrive 1.6\nu m view 2\nu m arrive 3';
    assert.deepEqual(told(rows), ['m 1! u v', 'n 1! u', 'u 2: m', 'm 3! u']);
  });
});
