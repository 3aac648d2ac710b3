import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FAULTS } from './faults.js';
import type { FaultResult } from './run-fault.js';
import { runFault } from './run-fault.js';

const { values } = parseArgs({ options: { json: { type: 'string' }, only: { type: 'string' } } });
const chosen = FAULTS.filter(({ name }) => values.only === undefined || name.includes(values.only));
if (chosen.length === 0) throw new Error(`no fault is called ${values.only ?? ''}`);

const results: FaultResult[] = [];
for (const fault of chosen) {
  const result = await runFault(fault, { users: 100, everyMs: 200, calmMs: 3000 });
  results.push(result);
  console.log(JSON.stringify(result));
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
const sound = results.every(
  ({ lost, violations, converged }, index) =>
    converged && (chosen[index]?.losesData === true || (lost === 0 && violations.length === 0)),
);
process.exitCode = sound ? 0 : 1;
