import type { UserContext } from '../../domain/context.js';
import { COMPANY } from '../companions.js';
import { FEATURES } from '../features.js';

/** What is known of a plan's candidates before the layer looks at them. */
export interface Known {
  readonly kind: 'user' | 'holder';
  readonly context: UserContext;
  readonly nowMs: number;
  /** candidates × FEATURES, row-major. */
  readonly features: Float32Array;
  /** candidates × COMPANY, row-major. */
  readonly company: Float32Array;
  /** The model's logit of each candidate; null without a model. */
  readonly logits: Float32Array | null;
}

const column = (name: string): number => FEATURES.findIndex((feature) => feature.name === name);
const RANK = column('rank');
const HABIT = column('habit');
const POPULARITY = column('popularity');
const TRANSITIONS = column('transitions');
const OWN = column('own-transitions');
const TOGETHER = column('together');

/** Plain statistics, as the rivals rank by them, are read as logarithms: log(ε + s). */
const EPSILON = 1e-4;
/** Without a model its logit is a guess from the statistics: this, and `prior` of each logarithm. */
const PRIOR_BIAS = -1;
const STATISTICS: readonly Statistic[] = [
  { prior: 0.05, read: (row) => 2 ** (row[POPULARITY] ?? 0) - 1 },
  { prior: 0.2, read: (row) => row[RANK] ?? 0 },
  { prior: 0.1, read: (row) => 2 ** (row[HABIT] ?? 0) - 1 },
  { prior: 0.25, read: (row) => (row[TRANSITIONS] ?? 0) + 0.3 * (row[OWN] ?? 0) },
  { prior: 0.2, read: (row) => row[TOGETHER] ?? 0 },
];

interface Statistic {
  readonly prior: number;
  readonly read: (row: Float32Array) => number;
}

/**
 * Names of the columns of a row: the model's logit, which is never standardised; logarithms of the plain statistics, and how far each
 * is below the plan's best; what the plan is like; all features; the company that an item keeps.
 */
export const COLUMNS: readonly string[] = [
  'logit',
  'popular',
  'recent',
  'frequent',
  'markov',
  'covisit',
  'best-popular',
  'best-recent',
  'best-frequent',
  'best-markov',
  'best-covisit',
  'holder',
  'gap',
  'last-size',
  'list',
  ...FEATURES.map(({ name }) => name),
  ...COMPANY.map(({ name }) => name),
];

export const WIDTH = COLUMNS.length;
const STATS_AT = 1;
const BEST_AT = STATS_AT + STATISTICS.length;
const AROUND_AT = BEST_AT + STATISTICS.length;
const FEATURES_AT = AROUND_AT + 4;
const COMPANY_AT = FEATURES_AT + FEATURES.length;

/** Rows of the layer's raw inputs, candidates × `WIDTH`; every value is finite. */
export function inputsOf(known: Known): Float32Array {
  const { features, company, logits, kind, context, nowMs } = known;
  const count = features.length / FEATURES.length;
  const rows = new Float32Array(count * WIDTH);
  const best = new Float64Array(STATISTICS.length).fill(-Infinity);
  const around = [
    kind === 'holder' ? 1 : 0,
    Math.log2(1 + Math.max(0, nowMs - beforeLast(context)) / 60_000),
    Math.log2(1 + (context.recentSteps[0]?.length ?? 0)),
    Math.log2(1 + count),
  ];
  for (let place = 0; place < count; place++) {
    const own = features.subarray(place * FEATURES.length, (place + 1) * FEATURES.length);
    const at = place * WIDTH;
    let prior = PRIOR_BIAS;
    for (const [index, { read, prior: share }] of STATISTICS.entries()) {
      const value = Math.log(EPSILON + read(own));
      rows[at + STATS_AT + index] = value;
      prior += share * value;
      if (value > (best[index] ?? -Infinity)) best[index] = value;
    }
    rows[at] = finite(logits === null ? prior : logits[place]);
    rows.set(around, at + AROUND_AT);
    rows.set(own, at + FEATURES_AT);
    rows.set(company.subarray(place * COMPANY.length, (place + 1) * COMPANY.length), at + COMPANY_AT);
  }
  for (let place = 0; place < count; place++) {
    const at = place * WIDTH;
    for (let index = 0; index < STATISTICS.length; index++)
      rows[at + BEST_AT + index] = (rows[at + STATS_AT + index] ?? 0) - (best[index] ?? 0);
  }
  return rows;
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? Math.max(-30, Math.min(30, value)) : 0;
}

/** When the user was active before the last step, as far as the items tell, ms. */
function beforeLast(context: UserContext): number {
  for (const { lastMs } of context.items) if (lastMs < context.lastStepMs) return lastMs;
  return context.lastStepMs;
}
