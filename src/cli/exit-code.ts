import { ForesyncClientError } from '@foresync/client';
import { CommanderError } from 'commander';
import { ForesyncError } from '../domain/errors.js';

/**
 * What a shell sees: all went well, the work failed, the command line was wrong; and of what a server refused: the item
 * has another content, it does not exist, the token does not allow it, trying again later can help.
 */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  conflict: 3,
  absent: 4,
  forbidden: 5,
  unavailable: 6,
} as const;

/** The exit code for what was thrown. */
export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (thrown instanceof ForesyncClientError || thrown instanceof ForesyncError) {
    return BY_CODE.get(thrown.code) ?? EXIT.failed;
  }
  return EXIT.failed;
}

const BY_CODE: ReadonlyMap<string, number> = new Map<string, number>([
  ['CONFLICT', EXIT.conflict],
  ['ITEM_UNKNOWN', EXIT.absent],
  ['PRIVACY_FORBIDDEN', EXIT.forbidden],
  ['SPACE_UNKNOWN', EXIT.absent],
  ['UNAUTHENTICATED', EXIT.forbidden],
  ['SPACE_FORBIDDEN', EXIT.forbidden],
  ['DEVICE_REQUIRED', EXIT.forbidden],
  ['BACKEND_REQUIRED', EXIT.forbidden],
  ['FORBIDDEN', EXIT.forbidden],
  ['UNAVAILABLE', EXIT.unavailable],
  ['TIMEOUT', EXIT.unavailable],
  ['OVERLOADED', EXIT.unavailable],
  ['SHUTTING_DOWN', EXIT.unavailable],
  ['STORE_UNAVAILABLE', EXIT.unavailable],
]);
