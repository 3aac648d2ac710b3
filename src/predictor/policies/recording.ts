import type { Policy, Question } from '../../domain/engine-port.js';
import type { Pseudonym } from '../../domain/ids.js';
import { descriptorOf } from '../descriptors.js';
import { featuresOf } from '../features.js';
import type { Statistics } from '../statistics.js';
import { viewOf } from '../view.js';
import { policyNamed } from './named.js';

/** Takes what a model is trained on, in the order in which it happens. */
export interface FeatureSink {
  /** `descriptor`: one value a column of DESCRIPTORS. */
  step(user: Pseudonym, timeMs: number, descriptor: Float32Array): void;
  /** `features`: a row of FEATURES for each item of the question; `base`: their scores by each of BASE_POLICIES. */
  plan(question: Question, features: Float32Array, base: readonly ArrayLike<number>[]): void;
}

/** The plain policies whose scores are written beside the features. */
export const BASE_POLICIES = ['popular', 'recent', 'frequent', 'markov', 'covisit'] as const;

/**
 * Writes down everything that a policy may know, while `pusher` decides what is pushed: what it pushed is no candidate any
 * more, as it will not be when the model pushes.
 */
export function recordingPolicy(pusher: Policy, statistics: Statistics, sink: FeatureSink): Policy {
  const { counts } = statistics;
  const base = BASE_POLICIES.map((name) => policyNamed(name, statistics));
  return {
    name: 'recording',
    payment: pusher.payment,
    plans: 'all',
    observe: (step, before) => {
      sink.step(step.user, step.timeMs, descriptorOf(counts, step, before));
      pusher.observe?.(step, before);
    },
    planned: (question, pushed) => pusher.planned?.(question, pushed),
    changed: (change) => pusher.changed?.(change),
    score: async (question) => {
      const scores: ArrayLike<number>[] = [];
      for (const policy of base) scores.push(await policy.score(question));
      sink.plan(question, featuresOf(viewOf(counts, question)), scores);
      return pusher.score(question);
    },
    explain: () => [],
  };
}
