import { ForesyncError } from '../domain/errors.js';

/** CONFIG_INVALID for a setting: the message starts with its name, and says where it was set. */
export function invalid(setting: string, problem: string, from: string, cause?: unknown): ForesyncError {
  return new ForesyncError('CONFIG_INVALID', `${setting} ${problem} (${from})`, { field: setting, cause });
}
