/**
 * `npm run bench:rank`: how often the next open of something that a device holds is among the five that it is told first, by
 * the ranking of `@foresync/ranking` and by orders that need none. Each device of a trace gets its pushes under the policy
 * `model` at budget 1, and is asked right before each step of its user, with what it can know by itself. `--trace FOLDER` takes another
 * trace than the bundled one, `--last-steps N` only its end.
 */
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { FEATURE_SPEC, SHIPPED_MODEL } from '../src/app/model.js';
import { loadModel } from '../src/predictor/model/load.js';
import { loadTrace } from '../src/replay/trace.js';
import { contest, FIRST } from './rank/contest.js';

const { values } = parseArgs({
  options: {
    trace: { type: 'string', default: fileURLToPath(new URL('traces/git-hono', import.meta.url)) },
    'last-steps': { type: 'string' },
  },
});

const lastSteps = values['last-steps'] === undefined ? null : Number(values['last-steps']);
const trace = await loadTrace(values.trace, { lastSteps, splitDevices: false });
const model = await loadModel(SHIPPED_MODEL, FEATURE_SPEC);
const { opens, steps, results } = await contest(trace, model);
await model.close();

console.log(
  `${trace.name}: ${opens} opens of held items in ${steps} steps, each with more than ${FIRST} items held`,
);
console.log(`order                  among the first ${FIRST}   the ranking is ahead by`);
for (const { name, hits, behind, error } of results) {
  const ahead = behind === 0 ? '' : `${signed(behind / opens)} ± ${(error / opens).toFixed(3)}`;
  console.log(`${name.padEnd(22)} ${(hits / opens).toFixed(3).padStart(17)}   ${ahead}`);
}

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share).toFixed(3)}`;
}
