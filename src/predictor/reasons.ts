import type { Reason } from '../domain/checkpoint.js';
import { company } from './companions.js';
import { habit, ownTransitions, popularity, recency, together, transitions } from './signals.js';
import type { Signal, View } from './view.js';

/** Reasons that a push names at most, and letters of each. */
const MOST = 3;
const MOST_LETTERS = 120;

interface Sort {
  readonly code: string;
  readonly signal: Signal;
  /** The signal at which it is as strong as others at theirs. */
  readonly usual: number;
  /** What people are told of the one item of a view; null if it is not true of it. None names another user. */
  readonly tell: (view: View) => string | null;
}

const HOUR_MS = 60 * 60 * 1000;
const YES: Signal = ({ items }) => new Float64Array(items.length).fill(1);

const SORTS: readonly Sort[] = [
  { code: 'RECENT', signal: recency, usual: 0.2, tell: (view) => recent(view) },
  { code: 'FREQUENT', signal: habit, usual: 2, tell: (view) => often(view) },
  { code: 'YOUR_NEXT', signal: ownTransitions, usual: 0.1, tell: (view) => yourNext(view) },
  { code: 'NEXT', signal: transitions, usual: 0.1, tell: (view) => next(view) },
  { code: 'TOGETHER', signal: together, usual: 0.5, tell: () => 'often used together with what you use now' },
  { code: 'COMPANY', signal: company, usual: 1, tell: () => 'used by those whose items you often use next' },
  { code: 'POPULAR', signal: popularity, usual: 10, tell: (view) => popular(view) },
  { code: 'CHANGED', signal: YES, usual: 4, tell: (view) => changed(view) },
  { code: 'DEPENDENCY', signal: YES, usual: 4, tell: (view) => linked(view) },
];

/**
 * The strongest reasons for the one item of a view, strongest first, at most 3; weights are from 0 to 1. `learned` is how
 * much more each reason's code weighs in this space, in units of a logit.
 */
export function reasonsFor(view: View, learned: ReadonlyMap<string, number> = new Map()): readonly Reason[] {
  return SORTS.flatMap(({ code, signal, usual, tell }) => {
    const strength = ((signal(view)[0] ?? 0) / usual) * Math.exp(clamp(learned.get(code) ?? 0));
    const weight = strength / (1 + strength);
    if (weight <= 0.01) return [];
    const text = tell(view);
    return text === null ? [] : [{ code, text: text.slice(0, MOST_LETTERS), weight }];
  })
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MOST);
}

function recent({ uses: [use], nowMs }: View): string | null {
  return use === undefined ? null : `you used it ${agoOf(nowMs - use.lastMs)}`;
}

function often({ uses: [use] }: View): string | null {
  return use === undefined ? null : `you opened it ${timesOf(use.count)}`;
}

function yourNext({ items: [item], context }: View): string | null {
  let count = 0;
  for (const source of context.recentSteps[0] ?? [])
    count += item === undefined ? 0 : (context.transitions.get(source)?.get(item) ?? 0);
  return count < 1 ? null : `you went on to it from here ${timesOf(count)}`;
}

function next({ numbers: [number = -1], steps, counts }: View): string | null {
  let count = 0;
  for (const source of steps[0] ?? []) count += counts.transitions.weight(source, number);
  return count < 1 ? null : `opened after it ${timesOf(count)}`;
}

function popular({ numbers: [number = -1], counts, nowMs }: View): string | null {
  const count = counts.popularity.at(number, nowMs);
  return count < 2 ? null : `opened about ${timesOf(count)} in this space lately`;
}

function changed({ numbers: [number = -1], uses: [use], user, counts }: View): string | null {
  const changedMs = counts.graph.head(number)?.timestampMs ?? 0;
  const isNew = use !== undefined && changedMs > use.lastMs && counts.graph.changedBy(number) !== user;
  return isNew ? 'changed since you saw it' : null;
}

function linked({ numbers: [number = -1], steps, counts }: View): string | null {
  const last = new Set(steps[0] ?? []);
  const isLinked = (around: Iterable<number>): boolean => [...around].some((other) => last.has(other));
  if (isLinked(counts.graph.dependants(number))) return 'what you use now refers to it';
  return isLinked(counts.graph.dependencies(number)) ? 'it refers to what you use now' : null;
}

function timesOf(count: number): string {
  const times = Math.round(count);
  return times <= 1 ? 'once' : `${times} times`;
}

function agoOf(elapsedMs: number): string {
  const hours = Math.max(0, elapsedMs) / HOUR_MS;
  if (hours < 1) return 'within the last hour';
  if (hours < 48) return `${Math.round(hours)} hours ago`;
  return `${Math.round(hours / 24)} days ago`;
}

/** What was learned may make a reason up to e² times as strong or weak. */
function clamp(strength: number): number {
  return Math.max(-2, Math.min(2, strength));
}
