import type { RateCase } from './rates.js';

/** wasm against native, by case: {"states, batch 256": 0.71, …} */
export function ratiosOf(cases: readonly RateCase[]): Record<string, number> {
  const ratio = ({ wasm, native }: RateCase['states']): number => Math.round((wasm / native) * 100) / 100;
  return Object.fromEntries(
    cases.flatMap(({ users, states, candidates }) => [
      [`states, batch ${users}`, ratio(states)],
      [`candidates, batch ${users}`, ratio(candidates)],
    ]),
  );
}

/** What a person reads. */
export function asTable(cases: readonly RateCase[]): string {
  const ratios = ratiosOf(cases);
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
  return [head.join(''), ...rows, ''].join('\n');
}
