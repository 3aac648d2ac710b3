import { createHash } from 'node:crypto';

/**
 * What remains of a user who was forgotten: nobody who does not have the pseudonym can tell whose it is. 64 hex digits.
 */
export function forgottenMark(user: string): string {
  return createHash('sha256').update(`foresync forgotten ${user}`).digest('hex');
}
