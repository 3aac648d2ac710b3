import { ForesyncError } from '../domain/errors.js';

/** Where in a file something is wrong; `line` counts from 1, 0 = the file as a whole. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** TRACE_INVALID whose message starts with file and line, and whose details name them for machines. */
export function traceInvalid(place: Place, message: string, field?: string, cause?: unknown): ForesyncError {
  const where = place.line > 0 ? `${place.file}:${place.line}` : place.file;
  return new ForesyncError('TRACE_INVALID', `${where}: ${message}`, {
    ...(field === undefined ? {} : { field }),
    ...(cause === undefined ? {} : { cause }),
    facts: { file: place.file, line: String(place.line) },
  });
}
