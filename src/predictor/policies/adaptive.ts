import type { Policy, Question } from '../../domain/engine-port.js';
import { featuresOf } from '../features.js';
import type { Inputs, OnlineLayer } from '../online/layer.js';
import { learnedStrengths } from '../online/strengths.js';
import { reasonsFor } from '../reasons.js';
import type { Statistics } from '../statistics.js';
import { viewOf } from '../view.js';

export interface AdaptiveParts {
  readonly name: string;
  readonly statistics: Statistics;
  readonly layer: OnlineLayer;
  /** The model's logit of each item of a question, in their order; null if it has none now: then the layer goes on without. */
  logits(question: Question, features: Float32Array): Promise<Float32Array | null> | null;
  /** Whom the hedge compares it with. */
  readonly rivals?: readonly Policy[];
}

/** A model, or none, and a layer above it that learns from use: ranks the candidates of every plan and pays by price. */
export function adaptivePolicy(parts: AdaptiveParts): Policy {
  const { layer, statistics } = parts;
  const { counts } = statistics;
  // Of questions that were scored, for as long as someone has them.
  const read = new WeakMap<Question, Inputs>();
  const score = async (question: Question, peeks: boolean): Promise<Float64Array> => {
    const features = featuresOf(viewOf(counts, question));
    const logits = await parts.logits(question, features);
    const inputs = layer.read({ ...question, features, logits }, peeks);
    read.set(question, inputs);
    return layer.score(inputs);
  };
  return {
    name: parts.name,
    payment: 'price',
    plans: 'all',
    ...(parts.rivals === undefined ? {} : { rivals: parts.rivals }),
    score: (question) => score(question, false),
    peek: (question) => score(question, true),
    planned: (question) => {
      const inputs = read.get(question);
      if (inputs !== undefined) layer.planned(inputs, question.nowMs);
    },
    observe: (step) => layer.observe(step),
    changed: (change) => layer.changed(change),
    explain: (question, item) => {
      const view = viewOf(counts, { ...question, items: [item] });
      const inputs = read.get(question);
      const place = inputs?.items.indexOf(item) ?? -1;
      if (inputs === undefined || place < 0) return reasonsFor(view);
      return reasonsFor(view, learnedStrengths(layer.contributions(inputs, place)));
    },
  };
}
