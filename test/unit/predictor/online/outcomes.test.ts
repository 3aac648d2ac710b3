import assert from 'node:assert/strict';
import fc from 'fast-check';
import { itemId, pseudonym, userId } from '../../../../src/domain/ids.js';
import type { Change } from '../../../../src/domain/item.js';
import { HORIZON_STEPS } from '../../../../src/domain/plan.js';
import { Outcomes, PENDING, type Example, type Outcome } from '../../../../src/predictor/online/outcomes.js';
import { Future } from '../../../../src/replay/future.js';
import type { TraceRow } from '../../../../src/replay/trace-types.js';
import { headOf } from '../../../support/plans.js';
import { stepOf } from '../../../support/contexts.js';
import { traceOf } from '../../../support/traces.js';

const U = pseudonym('u');

const exampleOf = (item: string, logit = 0): Example => ({
  kind: 'user',
  item: itemId(item),
  row: new Float32Array(1),
  weight: 1,
  logit,
  isPushed: false,
});

const changeOf = (item: string, writer: string | null = null): Change => ({
  space: stepOf([], 0).space,
  epoch: 'e',
  head: headOf(item),
  previousHash: null,
  writer: writer === null ? null : pseudonym(writer),
  audience: [],
});

const told = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map(({ example, end }) => `${example.item} ${end}`);

describe('Outcomes', () => {
  it('an open within ten own steps comes true; the eleventh is too late', () => {
    const outcomes = new Outcomes();
    outcomes.planned(U, [exampleOf('a'), exampleOf('b')], 0);
    for (let step = 1; step < HORIZON_STEPS; step++)
      assert.deepEqual(told(outcomes.observe(stepOf(['x'], step))), []);
    assert.deepEqual(told(outcomes.observe(stepOf(['a'], 10))), ['a opened', 'b late']);
    assert.equal(outcomes.size, 0);
  });

  it('steps of others, searches and creations decide nothing', () => {
    const outcomes = new Outcomes();
    outcomes.planned(U, [exampleOf('a')], 0);
    outcomes.observe(stepOf(['a'], 1, { user: 'v' }));
    for (let step = 0; step < 20; step++) outcomes.observe(stepOf([], step, { queryBuckets: [1] }));
    outcomes.observe(stepOf(['a'], 2, { kind: 'created' }));
    assert.equal(outcomes.size, 1);
  });

  it('a change by somebody else ends the wait', () => {
    const outcomes = new Outcomes();
    outcomes.planned(U, [exampleOf('a')], 0);
    assert.deepEqual(told(outcomes.changed(changeOf('a', 'v'))), ['a outdated']);
    assert.equal(outcomes.size, 0);
  });

  it('a change by the user counts as the step in which they made it', () => {
    const outcomes = new Outcomes();
    outcomes.planned(U, [exampleOf('a'), exampleOf('b')], 0);
    assert.deepEqual(outcomes.changed(changeOf('a', 'u')), []);
    assert.deepEqual(told(outcomes.observe(stepOf(['a'], 1, { kind: 'edited' }))), ['a opened']);
    outcomes.changed(changeOf('b', 'u'));
    assert.deepEqual(told(outcomes.observe(stepOf(['a'], 2))), ['b outdated']);
  });

  it('of a user who is forgotten nothing waits, and nothing is decided', () => {
    const outcomes = new Outcomes();
    const other = pseudonym('v');
    outcomes.planned(U, [exampleOf('a'), exampleOf('b')], 0);
    outcomes.planned(other, [exampleOf('a')], 0);
    outcomes.forget(U);
    outcomes.forget(pseudonym('unknown'));
    assert.equal(outcomes.size, 1);
    assert.deepEqual(outcomes.observe(stepOf(['a'], 1)), []);
    assert.deepEqual(told(outcomes.changed(changeOf('a'))), ['a outdated']);
  });

  it('a user who is silent for 60 days is gone', () => {
    const outcomes = new Outcomes();
    outcomes.planned(U, [exampleOf('a')], 0);
    assert.deepEqual(told(outcomes.planned(pseudonym('v'), [exampleOf('b')], PENDING.silentMs).over), []);
    assert.deepEqual(told(outcomes.planned(pseudonym('v'), [], PENDING.silentMs + 1).over), ['a gone']);
    assert.deepEqual(outcomes.observe(stepOf(['a'], PENDING.silentMs + 2)), []);
  });

  it('keep their bounds: of a plan the first, of a user the newest, of all those who came last', () => {
    const outcomes = new Outcomes();
    const plan = Array.from({ length: 2 * PENDING.ofPlan }, (_, place) => exampleOf(`i${place}`));
    outcomes.planned(U, plan, 0);
    assert.equal(outcomes.size, PENDING.ofPlan);
    for (let time = 0; time < PENDING.ofUser / PENDING.ofPlan + 8; time++) outcomes.planned(U, plan, 0);
    assert.equal(outcomes.size, PENDING.ofUser);
    let gone = 0;
    for (let user = 0; user < PENDING.total / PENDING.ofPlan + 600; user++)
      gone += outcomes
        .planned(pseudonym(`v${user}`), plan, 0)
        .over.filter(({ end }) => end === 'gone').length;
    assert.ok(outcomes.size <= PENDING.total && outcomes.size > PENDING.total - PENDING.ofUser);
    assert.equal(
      gone,
      PENDING.ofUser + (PENDING.total / PENDING.ofPlan + 600) * PENDING.ofPlan - outcomes.size,
    );
  });

  it('take no new ones of a user who has too many, rather than lose what came of the old', () => {
    const outcomes = new Outcomes();
    const plans = Math.ceil(PENDING.ofUser / PENDING.ofPlan) + 5;
    for (let plan = 0; plan < plans; plan++) {
      const examples = Array.from({ length: PENDING.ofPlan }, (_, place) => exampleOf(`${plan} ${place}`));
      outcomes.planned(U, examples, 0);
    }
    let decided: readonly Outcome[] = [];
    for (let step = 1; step <= HORIZON_STEPS; step++) decided = outcomes.observe(stepOf(['other'], step));
    assert.equal(decided.length, PENDING.ofUser);
    assert.equal(decided[0]?.example.item, '0 0');
    assert.ok(decided.every(({ end }) => end === 'late'));
  });

  it('say what the replay says of the same trace', () => {
    const row = fc.record({
      user: fc.constantFrom('u', 'v'),
      item: fc.constantFrom('a', 'b', 'c'),
      type: fc.constantFrom('view', 'view', 'edit', 'add', 'arrive'),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (events) => {
        const rows: TraceRow[] = events.map(({ user, item, type }, place) => {
          return { user: userId(user), item: itemId(item), type, timeS: place, device: null };
        });
        const trace = traceOf(rows);
        const future = new Future(trace);
        const outcomes = new Outcomes();
        const expected = new Map<number, boolean>();
        const seen = (decided: readonly Outcome[]): void => {
          for (const { example, end } of decided) assert.equal(end === 'opened', expected.get(example.logit));
        };
        let examples = 0;
        for (const [place, moment] of trace.moments.entries()) {
          if (moment.kind === 'outside') {
            seen(outcomes.changed(changeOf(moment.item)));
            continue;
          }
          for (const { item, written } of moment.items)
            if (written) seen(outcomes.changed(changeOf(item, moment.user)));
          const items = moment.items.map(({ item, created, written }) => {
            return { item, kind: created ? 'created' : written ? 'edited' : 'viewed' } as const;
          });
          seen(outcomes.observe({ ...stepOf([], place, { user: moment.user }), items }));
          const user = pseudonym(moment.user);
          const plan = ['a', 'b', 'c'].map((item) => {
            expected.set(++examples, future.isOpened(user, itemId(item), place));
            return exampleOf(item, examples);
          });
          seen(outcomes.planned(user, plan, place).over);
        }
      }),
    );
  });
});
