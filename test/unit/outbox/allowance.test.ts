import assert from 'node:assert/strict';
import { Allowance } from '../../../src/outbox/allowance.js';

const HOUR_MS = 3_600_000;

describe('outbox/allowance', () => {
  it('is infinite without a cap', () => {
    const allowance = new Allowance();
    allowance.spend(1e12);
    assert.equal(allowance.at(0), Number.POSITIVE_INFINITY);
  });

  it('starts full and comes back evenly within an hour, never beyond the cap', () => {
    const allowance = new Allowance();
    allowance.cap(3600, 1000);
    assert.equal(allowance.at(1000), 3600);
    allowance.spend(3600);
    assert.equal(allowance.at(1000), 0);
    assert.equal(allowance.at(1000 + 10_000), 10);
    assert.equal(allowance.at(1000 + 3 * HOUR_MS), 3600);
  });

  it('is never negative, and what was not sent comes back', () => {
    const allowance = new Allowance();
    allowance.cap(100, 0);
    allowance.spend(150);
    assert.equal(allowance.at(0), 0);
    allowance.refund(70);
    assert.equal(allowance.at(0), 20);
    allowance.refund(500);
    assert.equal(allowance.at(0), 100);
  });

  it('earns nothing of a clock that goes back, and keeps what it has when the same cap is set again', () => {
    const allowance = new Allowance();
    allowance.cap(100, HOUR_MS);
    allowance.spend(60);
    allowance.cap(100, HOUR_MS);
    assert.equal(allowance.at(0), 40);
    assert.equal(allowance.at(HOUR_MS), 40);
    allowance.cap(10, HOUR_MS);
    assert.equal(allowance.at(HOUR_MS), 10);
    allowance.cap(0, HOUR_MS);
    assert.equal(allowance.at(HOUR_MS), Number.POSITIVE_INFINITY);
  });
});
