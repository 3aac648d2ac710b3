/**
 * `npm run bench:predict`: states advanced and candidates scored for each second of one core, in batches of 1, 16 and 256
 * users with 140 candidates each: onnxruntime-web (what the server runs) against onnxruntime-node (native), one thread each,
 * in one process and in turn; then what the parts of a plan cost. `--model FOLDER` takes another model than the one that comes
 * with Foresync, `--trace FOLDER` another trace. Figures are ratios within the run: machines differ.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { SHIPPED_MODEL } from '../src/app/model.js';
import { lastPlans } from './predict/last-plans.js';
import { planCost } from './predict/plan.js';
import { rateCase } from './predict/rates.js';
import { openOn } from './predict/runtimes.js';
import { asTable, ratiosOf } from './predict/table.js';

const { values } = parseArgs({
  options: {
    /** A tenth of the work: for a look. */
    quick: { type: 'boolean', default: false },
    model: { type: 'string', default: SHIPPED_MODEL },
    trace: { type: 'string', default: fileURLToPath(new URL('traces/git-hono', import.meta.url)) },
    json: { type: 'string' },
  },
});

const effort = values.quick ? { rounds: 2, roundMs: 100 } : { rounds: 5, roundMs: 400 };
const models = { wasm: await openOn('wasm', values.model), native: await openOn('native', values.model) };
const cases = [];
for (const users of [1, 16, 256]) cases.push(await rateCase(users, models, effort));
const plan = await planCost(await lastPlans(values.trace), models.wasm, 10 * effort.rounds);
await Promise.all([models.wasm.close(), models.native.close()]);

const ratios = ratiosOf(cases, plan);
const json = `${JSON.stringify({ sizes: models.wasm.sizes, cases, plan, ratios }, null, 2)}\n`;
if (values.json === '-') process.stdout.write(json);
else {
  process.stdout.write(`${asTable(cases, plan)}\n${JSON.stringify(ratios)}\n`);
  if (values.json !== undefined) writeFileSync(values.json, json);
}
