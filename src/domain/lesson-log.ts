import type { SpaceId } from './ids.js';

/** What a node learned of a space since it told last. No truth depends on it. */
export interface Lesson {
  /** Place in the space's lessons, from 1 on, increasing. */
  readonly offset: number;
  /** Which run of which node told it: 32 hex digits. */
  readonly teller: string;
  /** What they mean is the engine's affair. */
  readonly bytes: Uint8Array;
}

/** Of one lesson. */
export const LESSON_BYTES = 1024 * 1024;

/** Lessons in order; those with `low < offset <= high` are there, older ones are gone. */
export interface LessonPage {
  readonly lessons: readonly Lesson[];
  readonly low: number;
  readonly high: number;
}

/** What the nodes of a space tell each other of what they learned; throws as every store does. */
export interface LessonLog {
  /**
   * Tells a lesson to all nodes that serve the space; the newest `lessonRetention` are kept, of together `lessonBytes`.
   * FIELD_INVALID beyond `LESSON_BYTES`.
   */
  tell(space: SpaceId, teller: string, bytes: Uint8Array): Promise<void>;
  /** Lessons with offset > after, in order, at most `limit`. */
  readLessons(space: SpaceId, after: number, limit: number): Promise<LessonPage>;
}
