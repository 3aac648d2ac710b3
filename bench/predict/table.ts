import type { PlanCost } from './plan.js';
import type { RateCase } from './rates.js';

/** wasm against native, by case, and features against the network: {"states, batch 256": 0.71, …} */
export function ratiosOf(cases: readonly RateCase[], plan: PlanCost): Record<string, number> {
  const rounded = (ratio: number): number => Math.round(ratio * 100) / 100;
  const ratio = ({ wasm, native }: RateCase['states']): number => rounded(wasm / native);
  const ofCases = cases.flatMap(({ users, states, candidates }): [string, number][] => [
    [`states, batch ${users}`, ratio(states)],
    [`candidates, batch ${users}`, ratio(candidates)],
  ]);
  return { ...Object.fromEntries(ofCases), 'features to network': rounded(plan.featuresToNetwork) };
}

/** What a person reads. */
export function asTable(cases: readonly RateCase[], plan: PlanCost): string {
  const ratios = ratiosOf(cases, plan);
  const row = (what: string, { wasm, native }: RateCase['states'], ratio?: number): string =>
    [
      what.padEnd(28),
      ...[wasm, native].map((value) => value.toFixed(ratio === undefined ? 2 : 0).padStart(12)),
      ratio?.toFixed(2).padStart(8) ?? '',
    ].join('');
  const head = ['each second of one core'.padEnd(28), 'wasm'.padStart(12), 'native'.padStart(12), '   ratio'];
  const rows = cases.flatMap(({ users, states, candidates, scoreMs }) => [
    row(`states, batch ${users}`, states, ratios[`states, batch ${users}`]),
    row(`candidates, batch ${users}`, candidates, ratios[`candidates, batch ${users}`]),
    row(`  ms a run of ${users} × 140`, scoreMs),
  ]);
  const parts = Object.entries(plan.ms).map(([part, ms]) => `${part} ${ms.toFixed(3)}`);
  const last = `ms of a plan with ${plan.candidates.toFixed(0)} candidates: ${parts.join(', ')}`;
  return [head.join(''), ...rows, last, ''].join('\n');
}
