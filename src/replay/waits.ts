import type { WaitKind } from './figure-types.js';

/** Opens of the measured part in their order, and which of them waited. */
export class Waits {
  readonly #waited: boolean[] = [];
  readonly #byKind: Record<WaitKind, number> = { 'repeat-changed': 0, 'first-touch': 0, evicted: 0 };
  #waits = 0;

  add(kind: WaitKind, waited: boolean): void {
    this.#waited.push(waited);
    if (!waited) return;
    this.#waits += 1;
    this.#byKind[kind] += 1;
  }

  get opens(): number {
    return this.#waited.length;
  }

  get waits(): number {
    return this.#waits;
  }

  waitsOf(kind: WaitKind): number {
    return this.#byKind[kind];
  }

  /** Whether the open of this number, from 0 on, waited. */
  waited(open: number): boolean {
    return this.#waited[open] ?? false;
  }
}
