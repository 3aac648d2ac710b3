import type { Question } from '../../src/domain/engine-port.js';
import type { Model } from '../../src/domain/model-port.js';
import { featuresOf } from '../../src/predictor/features.js';
import type { Statistics } from '../../src/predictor/statistics.js';
import { viewOf } from '../../src/predictor/view.js';
import { percentile } from '../../src/replay/percentile.js';
import type { LastPlans } from './last-plans.js';

const PARTS = ['candidates', 'features', 'network', 'all'] as const;
type Times = Record<(typeof PARTS)[number], number>;

export interface PlanCost {
  /** Mean candidates of the plans that were measured. */
  readonly candidates: number;
  /** Median over the plans, of each the best round, ms. */
  readonly ms: Readonly<Times>;
  /** Features against the network. */
  readonly featuresToNetwork: number;
}

/**
 * What a plan costs that nobody shares a run with: to find candidates, to work out their features, to score them. Each round
 * begins with contexts that nobody has looked at yet, as a step does.
 */
export async function planCost(
  { statistics, questions }: LastPlans,
  model: Model,
  rounds: number,
): Promise<PlanCost> {
  const best = questions.map(
    (): Times => ({ candidates: Infinity, features: Infinity, network: Infinity, all: Infinity }),
  );
  for (let round = 0; round < rounds; round++) {
    for (const [place, question] of questions.entries()) {
      const known = best[place];
      const times = await timesOf(statistics, { ...question, context: { ...question.context } }, model);
      for (const part of PARTS) if (known !== undefined) known[part] = Math.min(known[part], times[part]);
    }
  }
  const median = (part: keyof Times): number =>
    percentile(
      best.map((times) => times[part]),
      0.5,
    ) ?? NaN;
  const ms = {
    candidates: median('candidates'),
    features: median('features'),
    network: median('network'),
    all: median('all'),
  };
  const items = questions.reduce((sum, question) => sum + question.items.length, 0);
  return { candidates: items / questions.length, ms, featuresToNetwork: ms.features / ms.network };
}

async function timesOf(statistics: Statistics, question: Question, model: Model): Promise<Times> {
  const { user, context, items, nowMs } = question;
  const start = performance.now();
  statistics.candidates(user, context, nowMs);
  const found = performance.now();
  const features = featuresOf(viewOf(statistics.counts, question));
  const read = performance.now();
  const states = new Float32Array(model.sizes.state);
  await model.score({ states, features, owners: new Int32Array(items.length) });
  const end = performance.now();
  return { candidates: found - start, features: read - found, network: end - read, all: end - start };
}
