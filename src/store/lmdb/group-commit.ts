import type { ForesyncError } from '../../domain/errors.js';
import { withinTime } from '../../util/abort.js';
import { BoundedQueue } from '../../util/queue.js';
import { closedFailure, unavailable } from '../failures.js';
import { isLmdbError, storeFailure } from './failures.js';
import type { Database, Writing } from './records.js';
import { Records } from './records.js';

/** Bounds of the group commit. */
export interface GroupCommitLimits {
  /** Writes that wait; one more is refused with STORE_UNAVAILABLE. */
  readonly waiting: number;
  /** Writes that share a transaction: they run one after the other on the event loop. */
  readonly group: number;
  /** Bytes of content that share a transaction; one larger write goes alone. */
  readonly groupBytes: number;
  /** How long a transaction may take, ms; after it the disk counts as stuck until it answers. */
  readonly commitMs: number;
}

export const GROUP_COMMIT_LIMITS: GroupCommitLimits = {
  waiting: 16_384,
  group: 128,
  groupBytes: 8 * 1024 * 1024,
  commitMs: 30_000,
};

/** The reason of a failed commit comes right after the failure. */
const REASON_MS = 1000;

/** What one write did inside a transaction that is not committed yet. */
interface Waiting {
  readonly bytes: number;
  readonly run: (records: Writing) => () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Writes, one transaction at a time: all that come while one is on its way to the disk share the next, and with it one
 * sync. Each write runs in a nested transaction, so it takes effect as a whole or not at all, whatever the others do.
 * It resolves when its transaction is on the disk; no reader sees it before.
 */
export class GroupCommit {
  readonly #database: Database;
  readonly #limits: GroupCommitLimits;
  readonly #housekeeping: (records: Writing) => void;
  readonly #queue: BoundedQueue<Waiting>;
  readonly #records: Records;
  readonly #done: Promise<void>;
  #stuck = false;

  /** `housekeeping` runs first in every transaction. */
  constructor(database: Database, limits: GroupCommitLimits, housekeeping: (records: Writing) => void) {
    this.#database = database;
    this.#limits = limits;
    this.#housekeeping = housekeeping;
    this.#records = new Records(database);
    this.#queue = new BoundedQueue({ capacity: limits.waiting, overflow: 'refuse' });
    this.#done = this.#run();
  }

  /** `bytes`: size of what it writes, where that is much. What `work` throws rejects, and nothing of it is written. */
  write<T>(work: (records: Writing) => T, bytes = 0): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = (records: Writing): (() => void) => {
        const result = this.#nested(() => work(records));
        return () => resolve(result);
      };
      if (this.#stuck) throw stuckFailure();
      const offered = this.#queue.offer({ bytes, run, reject });
      if (offered === 'ended') throw closedFailure();
      if (offered === 'full') throw unavailable(`${this.#limits.waiting} writes wait already`);
    });
  }

  /** Resolves when every write is done that was asked for before; later ones are refused. */
  async close(): Promise<void> {
    this.#queue.end();
    await this.#done;
  }

  async #run(): Promise<void> {
    for await (const first of this.#queue) await this.#commit([first, ...this.#followers(first.bytes)]);
  }

  /** Those who wait already and fit into the same transaction. */
  #followers(bytes: number): Waiting[] {
    const followers: Waiting[] = [];
    for (let total = bytes; followers.length + 1 < this.#limits.group && total < this.#limits.groupBytes; ) {
      const [next] = this.#queue.takeNow(1);
      if (next === undefined) break;
      followers.push(next);
      total += next.bytes;
    }
    return followers;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const settled = this.#transact(group);
    try {
      await withinTime(this.#limits.commitMs, settled);
    } catch {
      // Nothing but the time limit rejects here; the transaction may still succeed, which is why retrying has to be safe.
      rejectAll([...group, ...this.#queue.takeNow(this.#limits.waiting)], stuckFailure());
      this.#stuck = true;
      await settled;
      this.#stuck = false;
    }
  }

  /** Never throws: everybody in the group is told. */
  async #transact(group: readonly Waiting[]): Promise<void> {
    try {
      const tell = await this.#database.transaction(() => this.#attempt(group));
      tell();
    } catch (thrown) {
      rejectAll(group, await causeOf(thrown));
    }
  }

  /** Runs the group inside the transaction; the answer tells everybody, once it is committed. */
  #attempt(group: readonly Waiting[]): () => void {
    this.#nested(() => this.#housekeeping(this.#records));
    const tellings = group.map(({ run, reject }) => {
      try {
        return run(this.#records);
      } catch (thrown) {
        return () => reject(failureOf(thrown));
      }
    });
    return () => tellings.forEach((tell) => tell());
  }

  /** Inside a transaction this is a nested one: undone if `work` throws. */
  #nested<T>(work: () => T): T {
    return this.#database.transactionSync(work);
  }
}

function rejectAll(group: readonly Waiting[], error: ForesyncError): void {
  for (const { reject } of group) reject(error);
}

function stuckFailure(): ForesyncError {
  return unavailable('the disk has not answered for too long');
}

/** A write's own error, or what lmdb said when it began or ended the write's transaction. */
function failureOf(thrown: unknown): Error {
  return thrown instanceof Error && !isLmdbError(thrown) ? thrown : storeFailure(thrown);
}

/** lmdb says only "see commitError"; that is a promise, which rejects with the reason. */
async function causeOf(thrown: unknown): Promise<ForesyncError> {
  if (!(thrown instanceof Error) || !('commitError' in thrown)) return storeFailure(thrown);
  const reason = await withinTime(REASON_MS, Promise.resolve(thrown.commitError)).catch(
    (cause: unknown) => cause,
  );
  return storeFailure(reason);
}
