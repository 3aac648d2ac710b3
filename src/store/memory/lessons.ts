import type { Lesson, LessonPage } from '../../domain/lesson-log.js';
import type { StoreLimits } from '../options.js';
import { BoundedLog } from './bounded-log.js';

type Told = Omit<Lesson, 'offset'>;

/** The newest lessons of a space, bounded by number and bytes. */
export class Lessons {
  readonly #log: BoundedLog<Told>;
  readonly #most: number;
  #bytes = 0;

  constructor({ lessonRetention, lessonBytes }: StoreLimits) {
    this.#log = new BoundedLog(lessonRetention);
    this.#most = lessonBytes;
  }

  tell(teller: string, bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    this.#bytes -= this.#log.append({ teller, bytes: new Uint8Array(bytes) })?.bytes.length ?? 0;
    while (this.#bytes > this.#most && this.#log.high - this.#log.low > 1)
      this.#bytes -= this.#log.dropOldest()?.bytes.length ?? 0;
  }

  after(after: number, limit: number): LessonPage {
    const { low, high } = this.#log;
    const found = this.#log.after(after, limit);
    return { lessons: found.map(({ offset, entry }) => ({ offset, ...entry })), low, high };
  }
}
