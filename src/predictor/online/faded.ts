/**
 * What was added to sums that forget, place by place, since these notes began: whatever the sums were, they are now
 * `kept` of that and what was added.
 */
export class Faded {
  readonly kept: Float64Array;
  readonly foretold: Float64Array;
  readonly opened: Float64Array;

  constructor(places: number) {
    this.kept = new Float64Array(places).fill(1);
    this.foretold = new Float64Array(places);
    this.opened = new Float64Array(places);
  }

  get parts(): readonly Float64Array[] {
    return [this.kept, this.foretold, this.opened];
  }

  /** The sums at a place fade to `kept`, then these are added. */
  add(place: number, kept: number, foretold: number, opened: number): void {
    this.kept[place] = (this.kept[place] ?? 1) * kept;
    this.foretold[place] = (this.foretold[place] ?? 0) * kept + foretold;
    this.opened[place] = (this.opened[place] ?? 0) * kept + opened;
  }
}
