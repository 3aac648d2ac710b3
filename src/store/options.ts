import type { Clock } from '../domain/clock.js';
import { ForesyncError } from '../domain/errors.js';
import { type Pseudonym, pseudonym } from '../domain/ids.js';
import { FORGOTTEN_MS } from '../domain/user-record.js';

/** How much is kept, and how long. Beyond each number the oldest goes, except where it says otherwise. */
export interface StoreLimits {
  /** Changes a shard's log keeps; a deleted item is remembered as long as its delete is among them. */
  readonly logRetention: number;
  /** Batches a space's feed keeps. */
  readonly feedRetention: number;
  /** Lessons that a space keeps, and their bytes together; the newest is kept in any case. */
  readonly lessonRetention: number;
  readonly lessonBytes: number;
  /** Batches a user's activity log keeps, over all devices and spaces. */
  readonly activityRetention: number;
  /** Checkpoints kept for a user in a space. */
  readonly checkpointsPerUser: number;
  /** Items that a device may hold in a space; a manifest beyond it is refused. */
  readonly manifestItems: number;
  /** How long a blob outlives its last reference, and waits for its first, ms. */
  readonly blobGraceMs: number;
  /** How long it is remembered that a user was forgotten, ms. */
  readonly forgottenMs: number;
}

export const STORE_LIMITS: StoreLimits = {
  logRetention: 10_000,
  feedRetention: 100_000,
  lessonRetention: 1024,
  lessonBytes: 8 * 1024 * 1024,
  activityRetention: 1_000,
  checkpointsPerUser: 1_000,
  manifestItems: 100_000,
  blobGraceMs: 10 * 60 * 1000,
  forgottenMs: FORGOTTEN_MS,
};

/** What a store takes from outside: time, and randomness for epochs. */
export interface StoreSurroundings {
  readonly clock: Clock;
  /** Cryptographically random bytes. */
  readonly randomBytes: (size: number) => Uint8Array;
}

/** The limits with their defaults. Throws CONFIG_INVALID for one that is no whole number from 1 on. */
export function storeLimits(given: Partial<StoreLimits>): StoreLimits {
  const limits = { ...STORE_LIMITS, ...given };
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    const field = `store.limits.${name}`;
    throw new ForesyncError(
      'CONFIG_INVALID',
      `${field} is ${value}, but has to be a whole number from 1 on`,
      {
        field,
        facts: { limit: '1' },
      },
    );
  }
  return limits;
}

/** A name for the life of a log: 64 random bits. */
export function newEpoch({ randomBytes }: StoreSurroundings): string {
  return Buffer.from(randomBytes(8)).toString('hex');
}

/** What stands for a user in change logs: 128 random bits, in the form of a pseudonym. */
export function newAlias({ randomBytes }: StoreSurroundings): Pseudonym {
  return pseudonym(Buffer.from(randomBytes(16)).toString('hex'));
}

/** The clock's time as a whole number of ms, not before 1970. */
export function wholeMs(clock: Clock): number {
  return Math.max(0, Math.floor(clock.now()));
}
