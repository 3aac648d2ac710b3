/**
 * Chooses the weights of the policy `blend`, once for all traces: `npx tsx --conditions=foresync-dev bench/blend-weights.ts FOLDER…` replays each
 * trace folder under each combination of the grid and prints the share of waits that was removed, relative to the best
 * combination of each trace, and its mean. The combination with the highest mean is BLEND_WEIGHTS.
 */
import { parseArgs } from 'node:util';
import type { Policy, SpaceStatistics } from '../src/domain/engine-port.js';
import { blendOf, type BlendWeights } from '../src/predictor/policies/blend.js';
import { ranking } from '../src/predictor/policies/policy.js';
import { Statistics } from '../src/predictor/statistics.js';
import { replayInProcess } from '../src/replay/in-process.js';
import { loadTrace } from '../src/replay/trace.js';

const GRID: readonly BlendWeights[] = [0.02, 0.1, 0.3].flatMap((recency) =>
  [0.02, 0.1].flatMap((habit) =>
    [0.1, 0.5].map((together) => ({ recency, habit, transitions: 1, together })),
  ),
);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'last-steps': { type: 'string', default: '4000' } },
});

const means = new Map<BlendWeights, number>(GRID.map((weights) => [weights, 0]));
for (const folder of positionals) {
  const trace = await loadTrace(folder, { lastSteps: Number(values['last-steps']), splitDevices: false });
  const removed = new Map<BlendWeights, number>();
  for (const weights of GRID) {
    const { figures } = await replayInProcess(trace, policyOf(weights), { budget: 1 });
    removed.set(weights, figures.waitsRemoved ?? 0);
  }
  const best = Math.max(...removed.values());
  for (const [weights, share] of removed) {
    means.set(weights, (means.get(weights) ?? 0) + share / best / positionals.length);
    console.log(trace.name, JSON.stringify(weights), share.toFixed(3));
  }
}
for (const [weights, mean] of [...means].sort(([, a], [, b]) => b - a))
  console.log('mean', mean.toFixed(4), JSON.stringify(weights));

function policyOf(weights: BlendWeights): (statistics: SpaceStatistics) => Policy {
  return (statistics) => {
    if (!(statistics instanceof Statistics)) throw new TypeError('blend reads the counts of Statistics');
    return ranking('blend', statistics.counts, blendOf(weights));
  };
}
