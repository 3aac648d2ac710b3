/** A content that came before it was asked for. */
export interface Arrival {
  readonly item: string;
  readonly bytes: number;
  /** Probability that it is needed next, as the server gave it. */
  readonly score: number;
  /** Why it came, strongest first. */
  readonly reasons: readonly string[];
}

/** Bytes pushed so far, and what became of them; the three add up to all that was pushed. */
export interface PushPoint {
  readonly atMs: number;
  /** Opened by now. */
  readonly opened: number;
  /** Not opened yet, and current. */
  readonly waiting: number;
  /** Superseded or dropped before anybody opened it. */
  readonly wasted: number;
}

/** Points that are kept; beyond them every other old one is forgotten. */
const MOST_POINTS = 400;

/** What was pushed to one device, and what became of it. */
export class PushLedger {
  readonly #now: () => number;
  readonly #waiting = new Map<string, Arrival>();
  #points: readonly PushPoint[];
  #opened = 0;
  #wasted = 0;

  /** `now` in ms, from wherever. */
  constructor(now: () => number) {
    this.#now = now;
    this.#points = [this.#point()];
  }

  /** What is on the device and was not opened yet, most probable first. */
  get waiting(): readonly Arrival[] {
    return [...this.#waiting.values()].sort((a, b) => b.score - a.score);
  }

  /** How it went, oldest first; never empty. */
  get points(): readonly PushPoint[] {
    return this.#points;
  }

  pushed(arrival: Arrival): void {
    this.#waste(arrival.item);
    this.#waiting.set(arrival.item, arrival);
    this.#note();
  }

  /** The user opened it: the push that brought it, unless none did or it was opened before. */
  opened(item: string): Arrival | undefined {
    const arrival = this.#waiting.get(item);
    if (arrival === undefined) return undefined;
    this.#waiting.delete(item);
    this.#opened += arrival.bytes;
    this.#note();
    return arrival;
  }

  /** It is no longer current, or no longer there. */
  gone(item: string): void {
    if (this.#waste(item)) this.#note();
  }

  #waste(item: string): boolean {
    const arrival = this.#waiting.get(item);
    this.#wasted += arrival?.bytes ?? 0;
    return this.#waiting.delete(item);
  }

  #note(): void {
    const older =
      this.#points.length < MOST_POINTS ? this.#points : this.#points.filter((_, place) => place % 2 === 0);
    this.#points = [...older, this.#point()];
  }

  #point(): PushPoint {
    const waiting = [...this.#waiting.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    return { atMs: this.#now(), opened: this.#opened, waiting, wasted: this.#wasted };
  }
}
