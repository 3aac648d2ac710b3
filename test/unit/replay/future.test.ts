import assert from 'node:assert/strict';
import { itemId, pseudonym } from '../../../src/domain/ids.js';
import { HORIZON_STEPS } from '../../../src/domain/plan.js';
import { Future } from '../../../src/replay/future.js';
import { percentile } from '../../../src/replay/percentile.js';
import { traceOf } from '../../support/traces.js';

const u = pseudonym('u');
const a = itemId('a');

describe('Future', () => {
  it('says what is opened within the next ten own steps', () => {
    const others = Array.from({ length: HORIZON_STEPS }, (_, n) => `u x${n} view ${n + 1}`);
    const trace = traceOf(['u start view 0', ...others.slice(1), 'u a view 50'].join('\n'));
    assert.equal(new Future(trace).isOpened(u, a, 0), true);
    const later = traceOf(['u start view 0', ...others, 'u a view 50'].join('\n'));
    assert.equal(new Future(later).isOpened(u, a, 0), false);
    assert.equal(new Future(later).isOpened(u, a, 1), true);
    assert.equal(new Future(later).isOpened(pseudonym('nobody'), a, 0), false);
  });

  it('but not if somebody changes it before; a change with the open comes too late', () => {
    const rows = (between: string): string => `u start view 0\n${between}\nu a edit 9`;
    assert.equal(new Future(traceOf(rows('v b view 5'))).isOpened(u, a, 0), true);
    assert.equal(new Future(traceOf(rows('v a edit 5'))).isOpened(u, a, 0), false);
    assert.equal(new Future(traceOf(rows('v a edit 5'))).isOpened(u, a, 1), true);
    assert.equal(new Future(traceOf(rows('u a arrive 5'))).isOpened(u, a, 0), false);
  });

  it('takes a creation for no open', () => {
    assert.equal(new Future(traceOf('u b view 0\nu a add 1')).isOpened(u, a, 0), false);
  });

  it('yields the steps to come', () => {
    const future = new Future(traceOf('u b view 0\nv a view 1\nu a view 2\nu c view 3'));
    assert.deepEqual(
      [...future.stepsAfter(u, 0)].map(({ timeS }) => timeS),
      [2, 3],
    );
    assert.deepEqual([...future.stepsAfter(pseudonym('nobody'), 0)], []);
  });
});

describe('percentile', () => {
  it('is the nearest rank', () => {
    assert.deepEqual(
      [0.5, 0.99, 1, 0].map((share) => percentile([4, 1, 3, 2], share)),
      [2, 4, 4, 1],
    );
    assert.equal(percentile([], 0.5), null);
  });
});
