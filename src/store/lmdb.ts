import type { Store } from '../domain/store-port.js';
import type { Grace } from './lmdb/blob-records.js';
import { sweepBlobs } from './lmdb/blob-records.js';
import { LmdbBlobs } from './lmdb/blobs.js';
import { Environment } from './lmdb/environment.js';
import type { GroupCommitLimits } from './lmdb/group-commit.js';
import { GROUP_COMMIT_LIMITS } from './lmdb/group-commit.js';
import { LmdbSpaces } from './lmdb/spaces.js';
import { removeAbandonedUploads } from './lmdb/upload.js';
import { LmdbUsers } from './lmdb/users.js';
import type { StoreLimits, StoreSurroundings } from './options.js';
import { newAlias, newEpoch, wholeMs } from './options.js';
import { WakeUps } from './wake-ups.js';

/**
 * A store in a directory, for one process: what it acknowledged is on the disk, whenever the process or the machine
 * ends. Throws STORE_UNAVAILABLE, STORE_CORRUPT, COPY_UNFINISHED, or CONFIG_INVALID for a directory of
 * another layout.
 */
export async function openLmdb(
  directory: string,
  limits: StoreLimits,
  surroundings: StoreSurroundings,
  commits: GroupCommitLimits = GROUP_COMMIT_LIMITS,
): Promise<Store> {
  const grace = (): Grace => ({ nowMs: wholeMs(surroundings.clock), graceMs: limits.blobGraceMs });
  const environment = await Environment.open(directory, commits, (records) => sweepBlobs(records, grace()));
  await removeAbandonedUploads(environment).catch(async (thrown: unknown) => {
    await environment.close();
    throw thrown;
  });
  const wakeUps = new WakeUps();
  const epoch = (): string => newEpoch(surroundings);
  const spaces = new LmdbSpaces({ environment, limits, wakeUps, newEpoch: epoch, grace });
  const now = (): number => wholeMs(surroundings.clock);
  const users = new LmdbUsers({ environment, limits, now, newAlias: () => newAlias(surroundings) });
  const blobs = new LmdbBlobs(environment, grace);
  const close = async (): Promise<void> => {
    wakeUps.close();
    await environment.close();
  };
  return { spaces, users, blobs, isShared: false, close };
}
