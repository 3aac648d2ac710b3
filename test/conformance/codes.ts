import type { ErrorCode } from '../../src/domain/errors.js';
import { ERROR_CATALOGUE } from '../../src/domain/errors.js';

/** Every code of the catalogue. */
// The keys of an object literal are what its type says.
export const CODES = Object.keys(ERROR_CATALOGUE) as [ErrorCode, ...ErrorCode[]];

/** A code of the catalogue by its name. Throws for another one. */
export function codeOf(name: unknown): ErrorCode {
  const code = CODES.find((one) => one === name);
  if (code === undefined) throw new Error(`${String(name)} is not a code of docs/03-errors.md`);
  return code;
}
