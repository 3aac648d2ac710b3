import type { ItemUse } from '../domain/context.js';
import type { Reading, View } from './view.js';

/** One column of what is known about a candidate. */
export interface Feature {
  readonly name: string;
  readonly doc: string;
  /** Values are within, both ends included. */
  readonly range: readonly [number, number];
  /** What is read is turned into this before it is cut to the range. */
  readonly scale: 'as-is' | 'logarithm' | 'chance';
  readonly read: Reading;
}

/** Logarithms of counts and hours end here: beyond it a larger one says nothing new. */
const LOG_MOST = 16;
/** A probability of 1/1000 is the smallest that a logarithm tells from none. */
const FINENESS = 1000;

/** 1 where it holds, else 0. */
export function flag(name: string, doc: string, holds: (use: ItemUse | undefined) => boolean): Feature {
  return share(
    name,
    doc,
    ({ uses }) =>
      (_, at) =>
        holds(uses[at]) ? 1 : 0,
  );
}

/** From 0 to 1. */
export function share(name: string, doc: string, read: Reading): Feature {
  return { name, doc, range: [0, 1], scale: 'as-is', read };
}

/** log2(1 + x). */
export function logarithm(name: string, doc: string, read: Reading): Feature {
  return { name, doc: `log2(1 + x), x = ${doc}`, range: [0, LOG_MOST], scale: 'logarithm', read };
}

/** Of sums of probabilities, so that small ones differ too. */
export function chance(name: string, doc: string, read: Reading): Feature {
  return { ...logarithm(name, `${FINENESS} times ${doc}`, read), scale: 'chance' };
}

/** Some features of a view's items, one row of `features.length` values for each item. */
export function rowsOf(features: readonly Feature[], view: View): Float32Array {
  const width = features.length;
  const rows = new Float32Array(view.items.length * width);
  features.forEach((feature, column) => writeColumn(feature, view, rows, { column, width }));
  return rows;
}

/** Writes a feature of a view's items into its column of their rows. */
function writeColumn(
  { read, scale, range: [least, most] }: Feature,
  view: View,
  rows: Float32Array,
  { column, width }: { readonly column: number; readonly width: number },
): void {
  const { numbers } = view;
  const valueOf = read(view);
  const factor = scale === 'chance' ? FINENESS : 1;
  // Neighbours are often alike, and none of most things: a logarithm takes as long as all the rest.
  let [known, shown] = [0, 0];
  for (let row = 0, at = column; row < numbers.length; row++, at += width) {
    let value = valueOf(numbers[row] ?? -1, row);
    if (scale !== 'as-is') {
      if (value !== known) [known, shown] = [value, Math.log2(1 + value * factor)];
      value = shown;
    }
    rows[at] = Math.min(most, Math.max(least, value));
  }
}

/** A reading of the user's own use of each item, `never` where there is none. */
export function ofUse(read: (view: View, use: ItemUse) => number, never: number): Reading {
  return (view) => (_, at) => {
    const use = view.uses[at];
    return use === undefined ? never : read(view, use);
  };
}
