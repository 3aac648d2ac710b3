import type { PolicyFigures, ReplayResult, WaitKind } from '../figure-types.js';
import { bytes, escaped, percent, share, whole } from './format.js';
import { section } from './html-sections.js';
import { tint } from './html-style.js';

interface Column {
  readonly title: string;
  cell(figures: PolicyFigures): string;
}

const kindCell = (kind: WaitKind) => (figures: PolicyFigures) => {
  const { waits, waitsRemoved } = figures.byKind[kind];
  return `${percent(waitsRemoved, 0)} · ${whole(waits)} left`;
};

const kinds: readonly Column[] = [
  { title: 'changed since the last use', cell: kindCell('repeat-changed') },
  { title: 'never held before', cell: kindCell('first-touch') },
  { title: 'had been evicted', cell: kindCell('evicted') },
];

const costs: readonly Column[] = [
  { title: 'plan, median', cell: ({ planUsP50 }) => (planUsP50 === null ? '–' : `${whole(planUsP50)} µs`) },
  {
    title: 'plan, 99th percentile',
    cell: ({ planUsP99 }) => (planUsP99 === null ? '–' : `${whole(planUsP99)} µs`),
  },
  { title: 'bytes on the wire', cell: ({ wireBytes }) => bytes(wireBytes) },
];

const figuresOfAll: readonly Column[] = [
  { title: 'waits removed', cell: ({ waitsRemoved }) => share(waitsRemoved) },
  { title: 'zero-wait', cell: ({ zeroWait }) => whole(zeroWait) },
  { title: 'opens', cell: ({ opens }) => whole(opens) },
  { title: 'pushed', cell: ({ pushedBytes }) => bytes(pushedBytes) },
  { title: 'waste', cell: ({ waste }) => share(waste) },
  { title: 'reach', cell: ({ reach }) => share(reach) },
  { title: 'recall', cell: ({ candidateRecall }) => share(candidateRecall) },
  { title: 'ece', cell: ({ ece }) => share(ece) },
  { title: 'pr-auc', cell: ({ prAuc }) => share(prAuc) },
  { title: 'bias', cell: ({ pushedBias }) => share(pushedBias) },
];

/** Waits that each policy removed, by why they would have been waits. */
export function kindsSection(result: ReplayResult, best: string | undefined): string {
  const told = 'Share of the waits of each kind that the policy removed, and how many it left.';
  return section('Which waits', told, table(result, kinds, best));
}

/** What a plan and a run cost. */
export function costsSection(result: ReplayResult, best: string | undefined): string {
  const told =
    'Time to make one plan (candidates, scores, choice), and all bytes on the devices’ sockets, both ways.';
  return section('What it cost', told, table(result, costs, best));
}

/** Every figure, and what it means. */
export function figuresSection(result: ReplayResult, best: string | undefined): string {
  const told = 'Measured over the last fifth of the steps; everything before is for learning.';
  return (
    section('All figures', told, table(result, figuresOfAll, best)) +
    section('What the words mean', '', meanings)
  );
}

const meanings = `<dl>
<dt>zero-wait</dt><dd>The device held the item’s current content when it was opened, from its own use or from a push.</dd>
<dt>waits removed</dt><dd>1 − waits with this policy / waits with a cache alone (<i>none</i>).</dd>
<dt>waste</dt><dd>Share of the pushed bytes that were superseded, evicted or unopened at the end.</dd>
<dt>reach</dt><dd>Waits removed, as a share of what the oracle removed at the same budget.</dd>
<dt>recall</dt><dd>Of the waits with a cache alone, the share whose item was considered in any plan since the user’s last step.</dd>
<dt>ece, pr-auc, bias</dt><dd>Calibration error, area under precision and recall, and how far the scores of pushed items were above what was opened.</dd>
</dl>`;

function table(result: ReplayResult, columns: readonly Column[], best: string | undefined): string {
  const head = columns.map(({ title }) => `<th scope="col">${title}</th>`).join('');
  const rows = [...result.policies].map(([policy, { figures }]) => {
    const cells = columns.map((column) => `<td>${column.cell(figures)}</td>`).join('');
    const name = `<span class="swatch" ${tint(policy)}></span>${escaped(policy)}`;
    return `<tr${policy === best ? ' class="best"' : ''}><th scope="row">${name}</th>${cells}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th scope="col">policy</th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
