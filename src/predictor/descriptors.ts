import type { Step } from '../domain/activity.js';
import type { UserContext } from '../domain/context.js';
import type { Counts } from './counts.js';
import { FEATURES, featuresOf } from './features.js';
import { viewOf } from './view.js';

const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const WEEK_MS = 7 * DAY_MS;
/** Of larger steps only the first items are described. */
const MOST_ITEMS = 32;

interface Column {
  readonly name: string;
  readonly doc: string;
  readonly read: (step: Step, before: UserContext) => number;
}

/** What a step is by itself, within −1 to 32. */
const STEP_COLUMNS: readonly Column[] = [
  { name: 'first', doc: "it is the user's first step", read: (_, before) => (before.steps === 0 ? 1 : 0) },
  {
    name: 'gap',
    doc: 'log2(1 + minutes since the step before), 0 for the first',
    read: ({ timeMs }, { steps, lastStepMs }) =>
      steps === 0 ? 0 : Math.log2(1 + Math.max(0, timeMs - lastStepMs) / MINUTE_MS),
  },
  { name: 'items', doc: 'log2(1 + items)', read: ({ items }) => Math.log2(1 + items.length) },
  { name: 'created', doc: 'share of items that were made', read: (step) => shareOf(step, 'created') },
  { name: 'edited-now', doc: 'share of items that were edited', read: (step) => shareOf(step, 'edited') },
  { name: 'searched', doc: 'the user searched', read: ({ queryBuckets }) => Math.sign(queryBuckets.length) },
  { name: 'day-sin', doc: 'time of day, sine', read: ({ timeMs }) => Math.sin(turns(timeMs, DAY_MS)) },
  { name: 'day-cos', doc: 'time of day, cosine', read: ({ timeMs }) => Math.cos(turns(timeMs, DAY_MS)) },
  { name: 'week-sin', doc: 'time of the week, sine', read: ({ timeMs }) => Math.sin(turns(timeMs, WEEK_MS)) },
  {
    name: 'week-cos',
    doc: 'time of the week, cosine',
    read: ({ timeMs }) => Math.cos(turns(timeMs, WEEK_MS)),
  },
];

/**
 * The columns of a step's descriptor, the input of the recurrent network: what the step is by itself, and the mean
 * features of its items as candidates right before it, so how expected they were.
 */
export const DESCRIPTORS: readonly { readonly name: string; readonly doc: string }[] = [
  ...STEP_COLUMNS,
  ...FEATURES.map(({ name, doc }) => ({ name: `mean-${name}`, doc: `mean over the items of: ${doc}` })),
];

/** The descriptor of a step, `DESCRIPTORS.length` values; `counts` must not have learned it yet. */
export function descriptorOf(counts: Counts, step: Step, before: UserContext): Float32Array {
  const own = STEP_COLUMNS.map(({ read }) => read(step, before));
  const descriptor = new Float32Array(DESCRIPTORS.length);
  descriptor.set(own);
  const items = step.items.slice(0, MOST_ITEMS).map(({ item }) => item);
  const { space, user, device, timeMs: nowMs } = step;
  const view = viewOf(counts, { kind: 'user', space, user, device, context: before, items, nowMs });
  const rows = featuresOf(view);
  for (let place = 0; place < rows.length; place++) {
    const column = own.length + (place % FEATURES.length);
    descriptor[column] = (descriptor[column] ?? 0) + (rows[place] ?? 0) / items.length;
  }
  return descriptor;
}

function shareOf({ items }: Step, kind: Step['items'][number]['kind']): number {
  return items.filter((item) => item.kind === kind).length / Math.max(1, items.length);
}

const turns = (timeMs: number, periodMs: number): number => ((timeMs % periodMs) / periodMs) * 2 * Math.PI;
