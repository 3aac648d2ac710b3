import type { Activity as WireActivity, ActivityBatch } from '@foresync/protocol';
import { Activity as ActivityCodec } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { Anonymised } from './anonymise.js';
import { utf8Length } from './ids.js';
import type { TermHash } from './query-terms.js';

/** Searches that wait for the key of their terms; beyond them the oldest goes and is counted. */
const MAX_KEYLESS = 256;
/** What a batch has besides its activities and its space. */
const HEADER_BYTES = 32;
/** What a list has besides each entry. */
const ENTRY_BYTES = 8;

export interface ReporterOptions {
  /** How long a batch stays open for more, ms. */
  readonly windowMs: number;
  /** A batch is ready; its number is given later. */
  readonly onBatch: (batch: ActivityBatch) => void;
  /** A search was lost for want of a key. */
  readonly onLost: () => void;
}

interface Window {
  readonly activities: WireActivity[];
  bytes: number;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Collects activities into batches: one a space, by a small window of time, or as soon as it is full. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #windows = new Map<string, Window>();
  #keyless: Anonymised[] = [];
  #hash: TermHash | null = null;
  #batchBytes: number = PROTOCOL_LIMITS.activityBatchBytes;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** The key of the user's terms is known: searches that waited for it go on. */
  useKey(hash: TermHash): void {
    this.#hash = hash;
    const waiting = this.#keyless;
    this.#keyless = [];
    for (const anonymised of waiting) this.add(anonymised);
  }

  /** Encoded bytes of a batch that the server takes. */
  useLimit(batchBytes: number): void {
    this.#batchBytes = Math.min(batchBytes, PROTOCOL_LIMITS.activityBatchBytes);
  }

  add(anonymised: Anonymised): void {
    const activity = anonymised.seal(this.#hash);
    if (activity === null) this.#keepForKey(anonymised);
    else this.#collect(anonymised.space, activity);
  }

  /** Closes every batch that is open. */
  flush(): void {
    for (const space of [...this.#windows.keys()]) this.#close(space);
  }

  /** Gives up what is not in a batch, of one space or of all: raw terms, and activities of an open window. */
  wipe(space?: string): void {
    const goes = (of: string): boolean => space === undefined || of === space;
    for (const [of, { timer }] of this.#windows) {
      if (!goes(of)) continue;
      clearTimeout(timer);
      this.#windows.delete(of);
    }
    this.#keyless = this.#keyless.filter((anonymised) => !goes(anonymised.space));
  }

  #keepForKey(anonymised: Anonymised): void {
    this.#keyless.push(anonymised);
    if (this.#keyless.length <= MAX_KEYLESS) return;
    this.#keyless.shift();
    this.#options.onLost();
  }

  #collect(space: string, activity: WireActivity): void {
    const bytes = ActivityCodec.encode(activity).finish().length + ENTRY_BYTES;
    const full = (this.#windows.get(space)?.bytes ?? 0) + bytes > this.#batchBytes;
    if (full) this.#close(space);
    const window = this.#windows.get(space) ?? this.#open(space);
    window.activities.push(activity);
    window.bytes += bytes;
    if (window.activities.length === PROTOCOL_LIMITS.activitiesPerBatch) this.#close(space);
  }

  #open(space: string): Window {
    const timer = setTimeout(() => this.#close(space), this.#options.windowMs);
    const window = { activities: [], bytes: HEADER_BYTES + utf8Length(space), timer };
    this.#windows.set(space, window);
    return window;
  }

  #close(space: string): void {
    const window = this.#windows.get(space);
    if (window === undefined) return;
    clearTimeout(window.timer);
    this.#windows.delete(space);
    const activities = window.activities.sort((left, right) => Number(left.timeMs - right.timeMs));
    this.#options.onBatch({ sequence: 0n, space, activities });
  }
}
