import { ForesyncError } from '../../domain/errors.js';

/** Why a running model did not answer, in `details.facts.reason`: for counters, so there are few. */
export type FailureReason = 'threw' | 'output' | 'timeout' | 'stalled' | 'open' | 'overloaded' | 'closed';

/** MODEL_FAILED: this call got no answer; the next one may. */
export function modelFailed(reason: FailureReason, message: string, cause?: unknown): ForesyncError {
  return new ForesyncError('MODEL_FAILED', message, { facts: { reason }, cause });
}

/** MODEL_INVALID: these files are no model for this server. `field` is the file, or the field in the manifest. */
export function modelInvalid(field: string, expected: string, found: string, cause?: unknown): ForesyncError {
  const message = `${field}: expected ${expected}, found ${found}`;
  return new ForesyncError('MODEL_INVALID', message, { field, facts: { expected, found }, cause });
}

/** What was thrown, in words. */
export function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
