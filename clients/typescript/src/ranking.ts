import type { ActivityBatch } from '@foresync/protocol';
import type { DeviceBuffer } from './buffer.js';
import type { Checkpoint } from './checkpoint.js';
import { fieldInvalid, ForesyncClientError } from './errors.js';
import type { Reason } from './events.js';
import type { RecordLog } from './record-log.js';
import type { Hashing } from './sha256.js';

/** Ranks what devices hold by what is done on them. Made by `ranking` of `@foresync/client/rank`. */
export interface Ranking {
  /** A client begins; what is learned is kept in the log. Rejects if that cannot be read. */
  begin(ground: RankingGround): Promise<DeviceRanking>;
}

/** What a ranking stands on, one a device. */
export interface RankingGround {
  readonly buffer: Pick<DeviceBuffer, 'get' | 'list'>;
  readonly log: RecordLog;
  readonly hashing: Hashing;
}

/** Something that the device holds, and how likely it is opened next. */
export interface Likely {
  readonly checkpoint: Checkpoint;
  /** Whether it is known that another content is current. */
  readonly stale: boolean;
  /**
   * Probability that the user opens it within their next ten steps, 0 to 1: as far as this device can tell from what was done
   * on it, or what the server foretold when it sent it, as long as nothing was.
   */
  readonly score: number;
  /** Why, strongest first, for people to read; at most 3. */
  readonly reasons: readonly Reason[];
}

export interface RankOptions {
  /** Most items to answer, 1 to 1,000. Default 10. */
  readonly most?: number | undefined;
}

/** The ranking of one device. Changes take effect at once, and are kept after `commit`; calls of that must not overlap. */
export interface DeviceRanking {
  /** The user did this. */
  follow(batch: ActivityBatch): void;
  /** The user wrote this. */
  wrote(checkpoint: Checkpoint): void;
  /** Unlearns what was done in one space, or in all. */
  wipe(space?: string): void;
  /** The likeliest of what is held, likeliest first. */
  rank(space: string, how: { readonly most: number; readonly nowMs: number }): Promise<readonly Likely[]>;
  /** If it rejects, the next one makes up for it. */
  commit(): Promise<void>;
  close(): Promise<void>;
}

const MOST = { usual: 10, limit: 1000 } as const;

/** Throws FIELD_INVALID. */
export function checkedMost({ most = MOST.usual }: RankOptions): number {
  if (Number.isSafeInteger(most) && most >= 1 && most <= MOST.limit) return most;
  throw fieldInvalid('most', `is ${most}: it must be a whole number from 1 to ${MOST.limit}`, MOST.limit);
}

/** Of a device that ranks nothing: it learns nothing, and wipes what was learned when it still did. */
export const NO_RANKING: Ranking = {
  begin: ({ log }) => {
    let wiped = false;
    return Promise.resolve({
      follow: () => undefined,
      wrote: () => undefined,
      wipe: () => {
        wiped = true;
      },
      rank: () => Promise.reject(new ForesyncClientError('RANKING_ABSENT', ABSENT)),
      commit: async () => {
        if (wiped) await log.replace([]);
        wiped = false;
      },
      close: () => log.close(),
    });
  },
};

const ABSENT = 'this client ranks nothing: connect it with `ranking` of @foresync/client/rank';
