import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ClientEvent, SessionEnd, Verdict } from '../../../src/domain/session-port.js';
import type { SessionState, SessionStep, SpaceState, SpaceStep } from '../../../src/session/transitions.js';
import {
  END_STEPS,
  EVENT_TABLE,
  SESSION_TABLE,
  SPACE_TABLE,
  together,
  VERDICT_STEPS,
} from '../../../src/session/transitions.js';

/** The tables once more, as a person would draw them: a row a state, a column a step. */
const SESSION_ROWS = `
              comparing  catching-up  live         end       gone
opening       comparing  catching-up  live         draining  closed
comparing     comparing  catching-up  live         draining  closed
catching-up   comparing  catching-up  live         draining  closed
live          comparing  catching-up  live         draining  closed
draining      draining   draining     draining     draining  closed
closed        closed     closed       closed       closed    closed`;

const SPACE_ROWS = `
              resume       ask        manifest     caught-up  overflow     log-lost
unknown       catching-up  comparing  refused      refused    refused      lost
comparing     refused      refused    catching-up  refused    comparing    lost
catching-up   refused      refused    refused      live       catching-up  lost
live          refused      refused    refused      live       catching-up  lost
lost          refused      refused    refused      lost       lost         lost`;

const EVENT_ROWS = `
              hello   activities  ack     request  manifest  heartbeat  budget  refused
opening       ignore  ignore      ignore  ignore   ignore    ignore     ignore  ignore
comparing     refuse  handle      handle  handle   handle    handle     handle  handle
catching-up   refuse  handle      handle  handle   handle    handle     handle  handle
live          refuse  handle      handle  handle   handle    handle     handle  handle
draining      ignore  ignore      handle  ignore   ignore    ignore     ignore  ignore
closed        ignore  ignore      ignore  ignore   ignore    ignore     ignore  ignore`;

const keys = <K extends string>(table: Readonly<Record<K, unknown>>): K[] => Object.keys(table) as K[];
const sessionSteps = keys<SessionStep>(SESSION_TABLE.opening);
const spaceSteps = keys<SpaceStep>(SPACE_TABLE.unknown);

describe('session/transitions', () => {
  describe('the session, cell by cell', () => cells(SESSION_ROWS, SESSION_TABLE));
  describe('a space, cell by cell', () => cells(SPACE_ROWS, SPACE_TABLE));
  describe('what becomes of an event, cell by cell', () => cells(EVENT_ROWS, EVENT_TABLE));

  it('ends with a goodbye unless nobody would hear it', () => {
    const silent = keys<SessionEnd['kind']>(END_STEPS).filter((kind) => END_STEPS[kind] === 'gone');
    assert.deepEqual(silent, ['left', 'broken']);
  });

  it('resumes by one verdict alone; every other one asks for the manifest', () => {
    const resumed = keys<Verdict>(VERDICT_STEPS).filter((verdict) => VERDICT_STEPS[verdict] === 'resume');
    assert.deepEqual(resumed, ['resume']);
    for (const verdict of keys<Verdict>(VERDICT_STEPS)) {
      assert.notEqual(SPACE_TABLE.unknown[VERDICT_STEPS[verdict]], 'refused', verdict);
    }
  });

  it('is as far as the space that is furthest behind', () => {
    assert.equal(together(['live', 'catching-up', 'comparing', 'lost']), 'end');
    assert.equal(together(['live', 'catching-up', 'comparing']), 'comparing');
    assert.equal(together(['live', 'unknown']), 'comparing');
    assert.equal(together(['live', 'catching-up']), 'catching-up');
    assert.equal(together(['live', 'live']), 'live');
  });

  it('never comes back once it drains, and closed is for ever', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...sessionSteps)), (steps) => {
        let state: SessionState = 'opening';
        for (const step of steps) {
          const next: SessionState = SESSION_TABLE[state][step];
          if (state === 'closed') assert.equal(next, 'closed');
          if (state === 'draining') assert.ok(next === 'draining' || next === 'closed');
          assert.notEqual(next, 'opening');
          state = next;
        }
      }),
    );
  });

  it('is live only after what was missed was told, and after an overflow not before that was told again', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...spaceSteps)), (steps) => {
        let state: SpaceState = 'unknown';
        let behind = true;
        for (const step of steps) {
          const next: SpaceState | 'refused' = SPACE_TABLE[state][step];
          if (next === 'refused') continue;
          if (step === 'caught-up') behind = false;
          if (step === 'overflow') behind = true;
          assert.ok(next !== 'live' || !behind);
          assert.ok(state !== 'lost' || next === 'lost');
          state = next;
        }
      }),
    );
  });

  it('handles an event only of a device that was welcomed', () => {
    for (const event of keys<ClientEvent['kind']>(EVENT_TABLE.opening)) {
      assert.equal(EVENT_TABLE.opening[event], 'ignore');
      assert.equal(EVENT_TABLE.closed[event], 'ignore');
    }
  });
});

function cells(rows: string, table: Readonly<Record<string, Readonly<Record<string, string>>>>): void {
  const [columns = [], ...lines] = rows
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  it('has these states and steps, and no others', () => {
    assert.deepEqual(
      lines.map(([state]) => state),
      Object.keys(table),
    );
    for (const row of Object.values(table)) assert.deepEqual(Object.keys(row), columns);
  });
  for (const [state = '', ...expected] of lines) {
    for (const [index, step] of columns.entries()) {
      it(`${state} + ${step} = ${expected[index] ?? '?'}`, () => {
        assert.equal(table[state]?.[step], expected[index]);
      });
    }
  }
}
