import assert from 'node:assert/strict';
import { ForesyncError } from '../../../src/domain/errors.js';
import type { PolicyFigures } from '../../../src/replay/figure-types.js';
import { replayInProcess } from '../../../src/replay/in-process.js';
import { splitDevices } from '../../../src/replay/devices.js';
import type { Trace, TraceRow } from '../../../src/replay/trace-types.js';
import { rowsOf, traceOf } from '../../support/traces.js';

const POLICIES = ['none', 'mirror', 'popular', 'recent', 'frequent', 'markov', 'covisit', 'blend', 'oracle'];

const figuresOf = async (trace: Trace, policy: string, budget = 1): Promise<PolicyFigures> =>
  (await replayInProcess(trace, policy, { budget })).figures;

/** What does not depend on how fast the machine is. */
const counts = ({ planUsP50: _p50, planUsP99: _p99, ...figures }: PolicyFigures): object => figures;

/** Four people who take turns on a few subjects; whoever comes edits what the others will look at again. */
function busyTrace(steps: number): Trace {
  const rows: TraceRow[] = [];
  for (let step = 0; step < steps; step++) {
    const user = `u${(step * 7) % 4}`;
    const subject = Math.floor(step / 16) % 3;
    for (const [place, item] of [`s${subject}/plan`, `s${subject}/note${step % 3}`].entries()) {
      const type = place === 0 && step % 3 === 0 ? 'edit' : 'view';
      rows.push(...rowsOf(`${user} ${item} ${type} ${1_600_000_000 + step * 600}`));
    }
  }
  return traceOf(rows);
}

describe('replayInProcess', () => {
  // Ten steps, of which the last two are measured. v edits a and b, which u then looks at.
  const byHand = traceOf(
    `
    u a view 1
    u b view 2
    u c view 3
    u a view 4
    u b view 5
    u c view 6
    v a view 7
    v x add 8
    v a edit 9
    u a view 10
    u c view 10`,
  );

  it('counts opens and waits of the measured part as one does by hand', async () => {
    const none = await figuresOf(byHand, 'none');
    // Steps 8 and 9 of 10: v opens and edits a, which is on v's device; u needs a, changed since, and c, still there.
    assert.deepEqual([none.opens, none.zeroWait, none.waitsRemoved], [3, 2, 0]);
    assert.deepEqual(none.byKind, {
      'repeat-changed': { waits: 1, waitsRemoved: 0 },
      'first-touch': { waits: 0, waitsRemoved: null },
      evicted: { waits: 0, waitsRemoved: null },
    });
    assert.deepEqual([none.pushedBytes, none.waste, none.candidateRecall, none.ece], [0, null, null, null]);
  });

  it('shows every change, and before each step what its device holds', async () => {
    const changed: string[] = [];
    const held: string[] = [];
    const what = await replayInProcess(byHand, 'none', {
      budget: 1,
      onChange: ({ head }) => void changed.push(head.item),
      onStep: (step, holdings) => {
        held.push(`${step.user} ${Array.from(holdings, ({ key }) => key).join('')}`);
        return Promise.resolve();
      },
    });
    assert.deepEqual(changed, ['a', 'b', 'c', 'x', 'a']);
    assert.deepEqual(held, ['u ', 'u a', 'u ab', 'u abc', 'u bca', 'u cab', 'v ', 'v a', 'v ax', 'u abc']);
    assert.deepEqual(counts(what.figures), counts(await figuresOf(byHand, 'none')), 'and changes nothing');
  });

  it('mirror pushes the change to whom it concerns, and nothing is wasted', async () => {
    const mirror = await figuresOf(byHand, 'mirror');
    assert.deepEqual([mirror.zeroWait, mirror.waitsRemoved], [3, 1]);
    assert.deepEqual([mirror.pushedBytes, mirror.wastedBytes, mirror.waste], [1000, 0, 0]);
    assert.equal(mirror.candidateRecall, 1);
    assert.deepEqual([mirror.pushedBias, mirror.prAuc], [0, 1]);
  });

  it('counts as wasted what is superseded, evicted or unopened at the end', async () => {
    const tail = (rows: string): Trace =>
      traceOf(`u a view 1\nu b view 2\nu c view 3\nu b view 4\nu a view 5\nv a view 6\n${rows}`);
    const superseded = await figuresOf(tail('v c view 7\nv b view 8\nv a edit 9\nw a edit 10'), 'mirror');
    // Both edits are measured: u gets the first and the second (v the second too), and opens neither.
    assert.deepEqual([superseded.pushedBytes, superseded.wastedBytes], [3000, 3000]);
    const opened = await figuresOf(tail('v c view 7\nv b view 8\nv a edit 9\nu a view 10'), 'mirror');
    assert.deepEqual([opened.pushedBytes, opened.wastedBytes], [1000, 0]);
    const large = { sizes: { a: 1000, big: 64 * 1024 * 1024 } };
    const rows =
      'u a view 1\nu q view 2\nv a view 3\nv q view 4\nv r view 5\nv s view 6\nv t view 7\nv u view 8';
    const evicted = await figuresOf(
      traceOf(`${rows}\nv a edit 9\nu big view 10\nu a view 11`, large),
      'mirror',
    );
    assert.deepEqual(
      [evicted.pushedBytes, evicted.wastedBytes, evicted.byKind['repeat-changed'].waits],
      [1000, 1000, 1],
    );
  });

  it('plans an outside change for the users that it names', async () => {
    const trace = traceOf('u a view 1\nu b view 2\nu a view 3\nu b view 4\nu m arrive 5\nu m view 6');
    const none = await figuresOf(trace, 'none');
    const mirror = await figuresOf(trace, 'mirror');
    assert.deepEqual([none.opens, none.zeroWait, mirror.zeroWait], [1, 0, 1]);
    assert.equal(none.byKind['first-touch'].waits, 1);
  });

  it('gives the same figures twice', async () => {
    const trace = busyTrace(600);
    for (const policy of ['blend', 'oracle']) {
      const [once, again] = [await figuresOf(trace, policy), await figuresOf(trace, policy)];
      assert.deepEqual(counts(once), counts(again));
    }
  }).timeout(60_000);

  it('is beaten by nobody who knows the future, and every policy keeps the same opens and the budget', async () => {
    const trace = busyTrace(1600);
    const results = new Map<string, PolicyFigures>();
    for (const policy of POLICIES) results.set(policy, await figuresOf(trace, policy));
    const oracle = results.get('oracle')?.waitsRemoved ?? 0;
    assert.ok(oracle > 0.5, `oracle removes ${oracle}`);
    for (const [policy, figures] of results) {
      assert.ok((figures.waitsRemoved ?? 1) <= oracle, policy);
      assert.equal(figures.opens, results.get('none')?.opens);
      assert.ok(figures.wastedBytes <= figures.pushedBytes);
    }
    for (const policy of ['recent', 'covisit', 'blend'])
      assert.ok((results.get(policy)?.waitsRemoved ?? 0) > 0, `${policy} pushes something of use`);
  }).timeout(60_000);

  it('pushes less for less budget, and reads two devices as two buffers of one user', async () => {
    const trace = busyTrace(1600);
    const [whole, quarter] = [await figuresOf(trace, 'mirror', 1), await figuresOf(trace, 'mirror', 0.05)];
    assert.ok(quarter.pushedBytes < whole.pushedBytes);
    const split = await figuresOf(splitDevices(trace), 'none');
    assert.equal(split.opens, whole.opens);
    assert.ok(split.zeroWait <= whole.zeroWait);
  }).timeout(60_000);

  it('tells how far it is, and stops when it is told to', async () => {
    const trace = busyTrace(600);
    const told: number[] = [];
    await replayInProcess(trace, 'none', { budget: 1, onProgress: (steps) => told.push(steps) });
    assert.deepEqual([told[0], told.at(-1)], [0, 600]);
    const stop = new AbortController();
    await assert.rejects(
      replayInProcess(trace, 'none', {
        budget: 1,
        signal: stop.signal,
        onProgress: () => stop.abort(new Error('enough')),
      }),
      /enough/,
    );
    await assert.rejects(
      replayInProcess(trace, 'psychic', { budget: 1 }),
      (error) => error instanceof ForesyncError && error.code === 'CONFIG_INVALID',
    );
  });
});
