import type { Policy } from '../../domain/engine-port.js';
import type { Counts } from '../counts.js';
import { reasonsFor } from '../reasons.js';
import { viewOf, type Signal } from '../view.js';

/** A policy that ranks the candidates of every plan by one signal and pays by price. */
export function ranking(name: string, counts: Counts, signal: Signal): Policy {
  return {
    name,
    payment: 'price',
    plans: 'all',
    score: (question) => signal(viewOf(counts, question)),
    explain: (question, item) => reasonsFor(viewOf(counts, { ...question, items: [item] })),
  };
}
