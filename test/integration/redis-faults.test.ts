import assert from 'node:assert/strict';
import { FAULTS } from '../support/faults/faults.js';
import { runFault } from '../support/faults/run-fault.js';

/** Far above what was measured (docs/06-redis.md): a busy machine is no failure. */
const OUTAGE_MS = 14_000;

describe('redis: faults under load', function () {
  this.timeout(120_000);

  for (const fault of FAULTS) {
    it(`${fault.name}: nothing that was acknowledged as REPLICATED is lost, and everybody knows what is current`, async () => {
      const result = await runFault(fault, { users: 100, everyMs: 200, calmMs: 1500 });
      const text = JSON.stringify(result);
      assert.ok(result.acknowledged > 500, text);
      assert.equal(result.converged, true, text);
      assert.ok(result.outage_ms < OUTAGE_MS, text);
      if (fault.losesData === true) {
        assert.ok(result.resyncs > 0, text);
        return;
      }
      assert.deepEqual(result.violations, [], text);
      assert.equal(result.lost, 0, text);
      assert.equal(result.resyncs, 0, text);
    });
  }
});
