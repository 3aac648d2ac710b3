import type { LessonPage } from '../../domain/lesson-log.js';
import type { SpaceId } from '../../domain/ids.js';
import { decodeLesson, encodeLesson } from '../codec/lesson.js';
import type { StoreLimits } from '../options.js';
import type { Directory } from './directory.js';
import type { Keys } from './keys.js';
import { READ_FEED, TELL } from './lua/space.js';
import { entriesOf, listOf, wholeOf } from './replies.js';
import type { Router } from './router.js';

export interface LessonsParts {
  readonly router: Router;
  readonly keys: Keys;
  readonly limits: StoreLimits;
  readonly directory: Directory;
  readonly newToken: () => string;
}

/** What nodes tell each other of what they learned, a stream a space. */
export class Lessons {
  readonly #parts: LessonsParts;

  constructor(parts: LessonsParts) {
    this.#parts = parts;
  }

  async tell(space: SpaceId, teller: string, bytes: Uint8Array): Promise<void> {
    const { router, keys, directory, limits, newToken } = this.#parts;
    await directory.get(space);
    const { log, state, tokens } = keys.space(space).lessons;
    const stored = encodeLesson({ teller, bytes });
    const args = [newToken(), limits.lessonRetention, limits.lessonBytes, stored];
    await router.run({ script: TELL, keys: [log, state, tokens], args });
  }

  async read(space: SpaceId, after: number, limit: number): Promise<LessonPage> {
    const { router, keys, directory } = this.#parts;
    await directory.get(space);
    const { log, state } = keys.space(space).lessons;
    const args = ['high', `${after + 1}-0`, limit];
    const { reply } = await router.run({ script: READ_FEED, keys: [log, state], args });
    const [high, low, entries] = listOf(reply);
    const lessons = entriesOf(entries).map(([offset, stored]) => decodeLesson(offset, stored));
    return { lessons, low: wholeOf(low), high: wholeOf(high) };
  }
}
