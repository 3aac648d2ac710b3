import type { Policy, PolicyMemory, Question } from '../../domain/engine-port.js';
import { COMPANY } from '../companions.js';
import { rowsOf } from '../feature.js';
import { featuresOf } from '../features.js';
import type { Inputs, OnlineLayer } from '../online/layer.js';
import { learnedStrengths } from '../online/strengths.js';
import { Whereabouts } from '../online/whereabouts.js';
import { reasonsFor } from '../reasons.js';
import type { Statistics } from '../statistics.js';
import { viewOf } from '../view.js';

export interface AdaptiveParts {
  readonly name: string;
  readonly statistics: Statistics;
  /** The layer of now: another one when the model changes. */
  readonly layer: () => OnlineLayer;
  /** The model's logit of each item of a question, in their order; null if it has none now: then the layer goes on without. */
  logits(question: Question, features: Float32Array): Promise<Float32Array | null> | null;
  /** Whom the hedge compares it with. */
  readonly rivals?: readonly Policy[];
  /** What is kept over restarts; nothing if it is left out. */
  readonly memory?: PolicyMemory;
}

/** A model, or none, and a layer above it that learns from use: ranks the candidates of every plan and pays by price. */
export function adaptivePolicy(parts: AdaptiveParts): Policy {
  const { statistics } = parts;
  const { counts } = statistics;
  const whereabouts = new Whereabouts();
  // Of questions that were scored, for as long as someone has them.
  const read = new WeakMap<Question, { readonly layer: OnlineLayer; readonly inputs: Inputs }>();
  const score = async (question: Question, peeks: boolean): Promise<Float64Array> => {
    const view = viewOf(counts, question);
    const features = featuresOf(view);
    const logits = await parts.logits(question, features);
    const layer = parts.layer();
    const company = rowsOf(COMPANY, view);
    const inputs = layer.read({ ...question, features, company, logits }, peeks);
    read.set(question, { layer, inputs });
    return layer.score(inputs);
  };
  return {
    name: parts.name,
    payment: 'price',
    byNeed: true,
    plans: 'all',
    ...(parts.rivals === undefined ? {} : { rivals: parts.rivals }),
    ...(parts.memory === undefined ? {} : { memory: parts.memory }),
    score: (question) => score(question, false),
    peek: (question) => score(question, true),
    lasting: (question) => {
      const known = read.get(question);
      return known === undefined ? null : known.layer.lasting(known.inputs);
    },
    correct: (scores) => parts.layer().correct(scores),
    deviceShare: ({ user, device }) => whereabouts.share(user, device),
    planned: (question, pushed) => {
      const known = read.get(question);
      known?.layer.planned(known.inputs, pushed, question.nowMs);
    },
    observe: (step) => {
      whereabouts.observe(step);
      parts.layer().observe(step);
    },
    changed: (change) => parts.layer().changed(change),
    forget: (user) => {
      whereabouts.forget(user);
      parts.layer().forget(user);
    },
    explain: (question, item) => {
      const view = viewOf(counts, { ...question, items: [item] });
      const known = read.get(question);
      const place = known?.inputs.items.indexOf(item) ?? -1;
      if (known === undefined || place < 0) return reasonsFor(view);
      return reasonsFor(view, learnedStrengths(known.layer.contributions(known.inputs, place)));
    },
  };
}
