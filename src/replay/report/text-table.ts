import { styleText } from 'node:util';
import type { PolicyResult, ReplayResult } from '../figure-types.js';
import { bytes, percent, share, whole } from './format.js';
import { headline } from './headline.js';
import { bestRival } from './standing.js';

/** The report for a terminal: REPLAY.md's figures, a policy a line; the best rival stands out (by a mark, and by colour). */
export function textReport(result: ReplayResult, hasColours: boolean): string {
  const best = bestRival(result)?.policy;
  const rows = [...result.policies].map(([policy, found]) => ({ policy, found }));
  const lines = table(rows, columns).map((line, at) => {
    const policy = rows[at - 1]?.policy;
    if (at === 0) return hasColours ? styleText('dim', `  ${line}`) : `  ${line}`;
    if (policy === undefined || policy !== best) return `  ${line}`;
    return hasColours ? styleText(['bold', 'green'], `▸ ${line}`) : `▸ ${line}`;
  });
  const kinds = table(rows, kindColumns).map((line) => `  ${line}`);
  const title = `${result.trace}, budget ${result.budget}`;
  const legend =
    best === undefined
      ? ''
      : `\n▸ best rival; recall = share of waits that any plan considered; bias = scores of pushed items against opens\n`;
  const sections = [
    `${title}\n${headline(result)}`,
    lines.join('\n') + legend,
    `Waits removed by kind\n${kinds.join('\n')}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

interface Column {
  readonly title: string;
  cell(policy: string, result: PolicyResult): string;
}

const columns: readonly Column[] = [
  { title: 'policy', cell: (policy) => policy },
  { title: 'waits removed', cell: (_, { figures }) => share(figures.waitsRemoved) },
  { title: 'zero-wait', cell: (_, { figures }) => `${whole(figures.zeroWait)}/${whole(figures.opens)}` },
  { title: 'pushed', cell: (_, { figures }) => bytes(figures.pushedBytes) },
  { title: 'waste', cell: (_, { figures }) => share(figures.waste, 2) },
  { title: 'reach', cell: (_, { figures }) => share(figures.reach, 2) },
  { title: 'recall', cell: (_, { figures }) => share(figures.candidateRecall, 2) },
  { title: 'ece', cell: (_, { figures }) => share(figures.ece) },
  { title: 'pr-auc', cell: (_, { figures }) => share(figures.prAuc) },
  { title: 'bias', cell: (_, { figures }) => share(figures.pushedBias, 2) },
  { title: 'plan µs p50', cell: (_, { figures }) => whole(figures.planUsP50) },
  { title: 'p99', cell: (_, { figures }) => whole(figures.planUsP99) },
  { title: 'wire', cell: (_, { figures }) => bytes(figures.wireBytes) },
];

const kindColumns: readonly Column[] = [
  { title: 'policy', cell: (policy) => policy },
  { title: 'changed since', cell: (_, { figures }) => kind(figures.byKind['repeat-changed']) },
  { title: 'first touch', cell: (_, { figures }) => kind(figures.byKind['first-touch']) },
  { title: 'evicted', cell: (_, { figures }) => kind(figures.byKind.evicted) },
];

function kind({ waits, waitsRemoved }: { waits: number; waitsRemoved: number | null }): string {
  return `${percent(waitsRemoved)} (${whole(waits)} left)`;
}

interface Row {
  readonly policy: string;
  readonly found: PolicyResult;
}

function table(rows: readonly Row[], shown: readonly Column[]): string[] {
  const cells = [
    shown.map(({ title }) => title),
    ...rows.map(({ policy, found }) => shown.map((column) => column.cell(policy, found))),
  ];
  const widths = shown.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  return cells.map((line) => {
    return line
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ');
  });
}
