import type { Reason } from '../domain/checkpoint.js';
import { habit, ownTransitions, popularity, recency, together, transitions } from './signals.js';
import { each, type Signal, type View } from './view.js';

/** Reasons that a push names at most. */
const MOST = 3;

/** Recency of what was used at all: a reason must be true. */
const recentUse: Signal = (view) => {
  const used = each(view, (_, item) => (view.uses.has(item) ? 1 : 0));
  return recency(view).map((rank, place) => rank * (used[place] ?? 0));
};

interface Sort {
  readonly code: string;
  readonly text: string;
  readonly signal: Signal;
  /** A value at which the signal says about as much as the others do at theirs. */
  readonly usual: number;
}

/** What people are told; none names another user. */
const SORTS: readonly Sort[] = [
  { code: 'RECENT', text: 'you used it a short while ago', signal: recentUse, usual: 0.2 },
  { code: 'FREQUENT', text: 'you use it often', signal: habit, usual: 2 },
  { code: 'YOUR_NEXT', text: 'you often went on to it from here', signal: ownTransitions, usual: 0.1 },
  { code: 'NEXT', text: 'it often comes after what you just used', signal: transitions, usual: 0.1 },
  { code: 'TOGETHER', text: 'it is often used together with what you use now', signal: together, usual: 0.5 },
  { code: 'POPULAR', text: 'many use it these days', signal: popularity, usual: 10 },
];

/** The strongest reasons for the one item of a view, strongest first, at most 3; weights are from 0 to 1. */
export function reasonsFor(view: View): readonly Reason[] {
  return SORTS.map(({ code, text, signal, usual }) => {
    const strength = (signal(view)[0] ?? 0) / usual;
    return { code, text, weight: strength / (1 + strength) };
  })
    .filter(({ weight }) => weight > 0.01)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MOST);
}
