import type { Stretch } from './figure-types.js';
import type { Trace } from './trace-types.js';

const MOST = 60;

type Counts = { -readonly [Key in keyof Stretch]: Stretch[Key] };

/** The measured part of a trace cut into at most 60 stretches of equally many steps, and what happened in each. */
export class Stretches {
  readonly #stretches: readonly Counts[];
  readonly #first: number;
  readonly #steps: number;

  constructor(trace: Trace, firstMeasured: number) {
    this.#first = firstMeasured;
    this.#steps = Math.max(1, trace.steps.length - firstMeasured);
    const count = Math.min(MOST, trace.steps.length - firstMeasured);
    this.#stretches = Array.from({ length: count }, (_, stretch) => ({
      timeS: trace.steps[firstMeasured + Math.ceil((stretch * this.#steps) / count)]?.timeS ?? 0,
      opens: 0,
      waits: 0,
      pushedBytes: 0,
      wastedBytes: 0,
    }));
  }

  opened(step: number, waited: boolean): void {
    const stretch = this.#at(this.#numberOf(step));
    stretch.opens += 1;
    if (waited) stretch.waits += 1;
  }

  /** Answers the number of the stretch, for when the push turns out to be wasted. */
  pushed(step: number, bytes: number): number {
    const number = this.#numberOf(step);
    this.#at(number).pushedBytes += bytes;
    return number;
  }

  wasted(stretch: number, bytes: number): void {
    this.#at(stretch).wastedBytes += bytes;
  }

  finish(): {
    readonly pushedBytes: number;
    readonly wastedBytes: number;
    readonly stretches: readonly Stretch[];
  } {
    return {
      pushedBytes: this.#stretches.reduce((sum, stretch) => sum + stretch.pushedBytes, 0),
      wastedBytes: this.#stretches.reduce((sum, stretch) => sum + stretch.wastedBytes, 0),
      stretches: this.#stretches,
    };
  }

  #numberOf(step: number): number {
    return Math.floor(((step - this.#first) * this.#stretches.length) / this.#steps);
  }

  #at(number: number): Counts {
    const stretch = this.#stretches[number];
    if (stretch === undefined) throw new RangeError(`there is no stretch ${number}`);
    return stretch;
  }
}
