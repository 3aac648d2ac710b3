/** Bounds of one row of neighbours: beyond `most` the smallest go until `kept` are left, the newer of equals stay. */
export interface NeighbourBound {
  readonly most: number;
  readonly kept: number;
}

/** Of an item's neighbours. */
export const NEIGHBOURS: NeighbourBound = { most: 256, kept: 128 };

/** Weighted neighbours of numbered items: who follows it, who is used together with it. Bounded for each item. */
export class Neighbours {
  readonly #rows: Row[] = [];
  readonly #bound: NeighbourBound;

  constructor(bound = NEIGHBOURS) {
    this.#bound = bound;
  }

  /** Adds `weight` > 0 to the neighbour `target` of `source`. */
  add(source: number, target: number, weight: number): void {
    const row = this.#row(source);
    const place = placeOf(row, target);
    if (place >= 0) {
      row.weights[place] = (row.weights[place] ?? 0) + weight;
      return;
    }
    if (row.size === row.targets.length) makeRoom(row, this.#bound);
    row.targets[row.size] = target;
    row.weights[row.size] = weight;
    row.size += 1;
  }

  /** The weight of a neighbour, 0 if it is none; −1 is nobody's. */
  weight(source: number, target: number): number {
    const row = this.#rows[source];
    if (row === undefined || target < 0) return 0;
    const place = placeOf(row, target);
    return place < 0 ? 0 : (row.weights[place] ?? 0);
  }

  /** Adds factor × weight of each neighbour of `source` to `sums` at the neighbour's number. */
  accumulate(source: number, factor: number, sums: Sums): void {
    const row = this.#rows[source];
    if (row === undefined) return;
    for (let place = 0; place < row.size; place++)
      sums.add(row.targets[place] ?? 0, factor * (row.weights[place] ?? 0));
  }

  /**
   * Adds factor × weight of those neighbours of `source` that have a place (by number 1 + their place, else 0) to `sums` at
   * their places.
   */
  gather(source: number, factor: number, places: Int32Array, sums: Float64Array): void {
    const row = this.#rows[source];
    if (row === undefined) return;
    const { targets, weights, size } = row;
    for (let at = 0; at < size; at++) {
      const place = places[targets[at] ?? 0] ?? 0;
      if (place > 0) sums[place - 1] = (sums[place - 1] ?? 0) + factor * (weights[at] ?? 0);
    }
  }

  /** Drops a number: it has no neighbours, and is nobody's. */
  forget(number: number): void {
    const own = this.#rows[number];
    if (own !== undefined) Object.assign(own, EMPTY);
    for (const row of this.#rows) {
      const place = placeOf(row, number);
      if (place < 0) continue;
      row.targets.copyWithin(place, place + 1, row.size);
      row.weights.copyWithin(place, place + 1, row.size);
      row.size -= 1;
      row.targets.fill(-1, row.size);
    }
  }

  /** Rows as [source, targets, weights], for a snapshot. */
  dump(): NeighbourDump {
    return this.#rows.flatMap((row, source) =>
      row.size === 0
        ? []
        : [
            [
              source,
              Array.from(row.targets.subarray(0, row.size)),
              Array.from(row.weights.subarray(0, row.size)),
            ],
          ],
    );
  }

  load(dump: NeighbourDump): void {
    for (const [source, targets, weights] of dump)
      targets.forEach((target, place) => this.add(source, target, weights[place] ?? 0));
  }

  #row(source: number): Row {
    while (this.#rows.length <= source) this.#rows.push({ ...EMPTY });
    const row = this.#rows[source];
    if (row === undefined) throw new RangeError(`no item has the number ${source}`);
    return row;
  }
}

export type NeighbourDump = readonly (readonly [number, readonly number[], readonly number[]])[];

/** Sums by number of item that remember what was touched, so that clearing them costs no more than filling them. */
export class Sums {
  #values = new Float64Array(256);
  readonly touched: number[] = [];

  get(number: number): number {
    return this.#values[number] ?? 0;
  }

  /** `amount` > 0. */
  add(number: number, amount: number): void {
    if (number >= this.#values.length) this.#grow(number);
    const before = this.#values[number] ?? 0;
    if (before === 0) this.touched.push(number);
    this.#values[number] = before + amount;
  }

  clear(): void {
    for (const number of this.touched) this.#values[number] = 0;
    this.touched.length = 0;
  }

  #grow(number: number): void {
    const larger = new Float64Array(Math.max(this.#values.length * 2, number + 1));
    larger.set(this.#values);
    this.#values = larger;
  }
}

interface Row {
  targets: Int32Array;
  weights: Float64Array;
  size: number;
}

/** From this size on the built-in search is faster; unused places hold −1. */
const LONG = 24;

const EMPTY: Row = { targets: new Int32Array(0), weights: new Float64Array(0), size: 0 };

function placeOf({ targets, size }: Row, target: number): number {
  if (size > LONG) return targets.indexOf(target);
  for (let place = 0; place < size; place++) if (targets[place] === target) return place;
  return -1;
}

function makeRoom(row: Row, { most, kept }: NeighbourBound): void {
  if (row.size >= most) {
    prune(row, kept);
    return;
  }
  const capacity = Math.min(most, Math.max(4, row.size * 2));
  const targets = new Int32Array(capacity).fill(-1);
  const weights = new Float64Array(capacity);
  targets.set(row.targets);
  weights.set(row.weights);
  row.targets = targets;
  row.weights = weights;
}

function prune(row: Row, kept: number): void {
  const { targets, weights, size } = row;
  const cutoff = weights.slice(0, size).sort()[size - kept] ?? 0;
  let atCutoff = kept;
  for (let place = 0; place < size; place++) if ((weights[place] ?? 0) > cutoff) atCutoff -= 1;
  // From the newest on, for of equals the newer stay; they are written to the end and then moved to the front.
  let at = size;
  for (let place = size - 1; place >= 0; place--) {
    const weight = weights[place] ?? 0;
    if (weight < cutoff || (weight === cutoff && atCutoff-- <= 0)) continue;
    at -= 1;
    targets[at] = targets[place] ?? 0;
    weights[at] = weight;
  }
  targets.copyWithin(0, at, size);
  weights.copyWithin(0, at, size);
  row.size = size - at;
  targets.fill(-1, row.size);
}
