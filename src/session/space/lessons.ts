import { ForesyncError } from '../../domain/errors.js';
import type { SpaceEngine } from '../../domain/engine-port.js';
import type { SpaceId } from '../../domain/ids.js';
import type { LessonLog } from '../../domain/lesson-log.js';

/** Lessons that are read at a time. */
const PAGE = 32;

export interface LessonsParts {
  readonly space: SpaceId;
  readonly spaces: LessonLog;
  readonly engine: Pick<SpaceEngine, 'lesson' | 'taught'>;
  /** Names this run of this node: 32 hex digits, never the same twice. */
  readonly teller: string;
  /** Up to which lesson what the engine knows was learned before. */
  readonly after: number;
  /** Lessons are gone that were not learned: goes on from what was saved of later ones, if anything, and answers up to where. */
  readonly fallenBehind: (after: number) => Promise<number>;
  /** A lesson cannot be read; it is left out. */
  readonly onCorrupt: (error: ForesyncError) => void;
}

/**
 * What a space learns is learned on each of its nodes: each tells the others what it learned, and learns what they tell. No
 * truth depends on it: what cannot be told is known here alone.
 */
export class Lessons {
  readonly #parts: LessonsParts;
  #after: number;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: LessonsParts) {
    this.#parts = parts;
    this.#after = parts.after;
    // From now on the engine keeps account.
    parts.engine.lesson();
  }

  /** Up to which lesson the engine learned all. */
  get after(): number {
    return this.#after;
  }

  /** Tells what was learned here, then learns what others told before; one after the other. Throws STORE_UNAVAILABLE. */
  exchange(): Promise<void> {
    return (this.#last = this.#last.catch(() => undefined).then(() => this.#exchange()));
  }

  async #exchange(): Promise<void> {
    const { space, spaces, engine, teller } = this.#parts;
    const own = engine.lesson();
    if (own !== null) await spaces.tell(space, teller, own);
    for (;;) {
      const { lessons, low, high } = await spaces.readLessons(space, this.#after, PAGE);
      // Lessons that were lost begin anew.
      if (high < this.#after) {
        this.#after = 0;
        continue;
      }
      if (low > this.#after) {
        this.#after = Math.max(low, await this.#parts.fallenBehind(this.#after));
        continue;
      }
      for (const { offset, teller: by, bytes } of lessons) {
        if (by !== teller) this.#learn(bytes);
        this.#after = offset;
      }
      if (lessons.length === 0 || this.#after >= high) return;
    }
  }

  #learn(bytes: Uint8Array): void {
    try {
      this.#parts.engine.taught(bytes);
    } catch (thrown) {
      const error = ForesyncError.from(thrown);
      if (error.code !== 'STORE_CORRUPT') throw error;
      this.#parts.onCorrupt(error);
    }
  }
}
