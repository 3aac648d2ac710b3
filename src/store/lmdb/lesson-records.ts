import type { LessonPage } from '../../domain/lesson-log.js';
import type { SpaceId } from '../../domain/ids.js';
import { decodeLesson, encodeLesson } from '../codec/lesson.js';
import type { StoreLimits } from '../options.js';
import { logs } from './keys.js';
import { appendTo, readAfter, readBounds } from './log-records.js';
import type { Reading, Writing } from './records.js';

/** Adds a lesson, and removes the oldest beyond the bounds. */
export function appendLesson(
  records: Writing,
  space: SpaceId,
  { teller, bytes }: { readonly teller: string; readonly bytes: Uint8Array },
  { lessonRetention, lessonBytes }: StoreLimits,
): void {
  const log = logs.lessons(space);
  const bounds = readBounds(records, log);
  const value = encodeLesson({ teller, bytes });
  const before = readAfter(records, log, bounds, { after: 0, limit: lessonRetention });
  let total = bytes.length;
  let kept = 1;
  for (const [offset, older] of before.reverse()) {
    total += decodeLesson(offset, older).bytes.length;
    if (total > lessonBytes) break;
    kept += 1;
  }
  appendTo(records, log, bounds, { value, retention: Math.min(lessonRetention, kept) });
}

export function readLessons(records: Reading, space: SpaceId, after: number, limit: number): LessonPage {
  const log = logs.lessons(space);
  const bounds = readBounds(records, log);
  const found = readAfter(records, log, bounds, { after, limit });
  return { lessons: found.map(([offset, value]) => decodeLesson(offset, value)), ...bounds };
}
