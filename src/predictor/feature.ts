import type { ItemUse } from '../domain/context.js';
import { each, type Signal, type View } from './view.js';

/** One column of what is known about a candidate. */
export interface Feature {
  readonly name: string;
  readonly doc: string;
  /** Values are within, both ends included. */
  readonly range: readonly [number, number];
  readonly read: Signal;
}

/** Logarithms of counts and hours end here: beyond it a larger one says nothing new. */
const LOG_MOST = 16;
/** A probability of 1/1000 is the smallest that a logarithm tells from none. */
const FINENESS = 1000;

/** 1 where it holds, else 0. */
export function flag(name: string, doc: string, holds: (use: ItemUse | undefined) => boolean): Feature {
  return share(name, doc, (view) => each(view, (_, at) => (holds(view.uses[at]) ? 1 : 0)));
}

/** From 0 to 1. */
export function share(name: string, doc: string, read: Signal): Feature {
  return { name, doc, range: [0, 1], read };
}

/** log2(1 + x). */
export function logarithm(name: string, doc: string, read: Signal): Feature {
  const range = [0, LOG_MOST] as const;
  return {
    name,
    doc: `log2(1 + x), x = ${doc}`,
    range,
    read: (view) => read(view).map((x) => Math.log2(1 + x)),
  };
}

/** Of sums of probabilities, so that small ones differ too. */
export function chance(name: string, doc: string, read: Signal): Feature {
  return logarithm(name, `${FINENESS} times ${doc}`, (view) => read(view).map((x) => x * FINENESS));
}

/** A signal of the user's own use of each item, `never` where there is none. */
export function ofUse(read: (view: View, use: ItemUse) => number, never: number): Signal {
  return (view) =>
    each(view, (_, at) => {
      const use = view.uses[at];
      return use === undefined ? never : read(view, use);
    });
}
