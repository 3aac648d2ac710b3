import type { Model } from '../../src/domain/model-port.js';
import { advanceBatch, scoreBatch } from '../../test/support/batches.js';
import type { RuntimeName } from './runtimes.js';

export const CANDIDATES = 140;

export interface RateCase {
  readonly users: number;
  /** States advanced for each second of one core. */
  readonly states: Readonly<Record<RuntimeName, number>>;
  /** Candidates scored for each second of one core. */
  readonly candidates: Readonly<Record<RuntimeName, number>>;
  /** Time of one run of `CANDIDATES` candidates for each user, ms. */
  readonly scoreMs: Readonly<Record<RuntimeName, number>>;
}

/** Both runtimes in turn, so that whatever else the machine does disturbs both; the best of each counts. */
export async function rateCase(
  users: number,
  models: Readonly<Record<RuntimeName, Model>>,
  { rounds, roundMs }: { readonly rounds: number; readonly roundMs: number },
): Promise<RateCase> {
  const states = { wasm: 0, native: 0 };
  const candidates = { wasm: 0, native: 0 };
  for (let round = 0; round < rounds; round++) {
    for (const name of ['wasm', 'native'] as const) {
      const model = models[name];
      const steps = advanceBatch(users, round, model.sizes);
      const noise = scoreBatch(users, CANDIDATES, round, model.sizes);
      // No feature is below 0: the network takes their logarithms.
      const asked = { ...noise, features: noise.features.map(Math.abs) };
      const advanced = await runsPerCoreSecond(roundMs, () => model.advance(steps));
      const scored = await runsPerCoreSecond(roundMs, () => model.score(asked));
      states[name] = Math.max(states[name], advanced * users);
      candidates[name] = Math.max(candidates[name], scored * users * CANDIDATES);
    }
  }
  const scoreMs = (name: RuntimeName): number => (1000 * users * CANDIDATES) / candidates[name];
  return { users, states, candidates, scoreMs: { wasm: scoreMs('wasm'), native: scoreMs('native') } };
}

/** CPU time, not the clock's: other programs on the machine count for nothing. Both runtimes have one thread. */
async function runsPerCoreSecond(forMs: number, run: () => Promise<unknown>): Promise<number> {
  await run();
  const start = process.cpuUsage();
  for (let runs = 1; ; runs++) {
    await run();
    const { user, system } = process.cpuUsage(start);
    if (user + system >= forMs * 1000) return (runs * 1e6) / (user + system);
  }
}
