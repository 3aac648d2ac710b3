import { ForesyncError } from '../../domain/errors.js';
import type { Store } from '../../domain/store-port.js';
import { Bell } from '../../util/bell.js';
import type { FollowedSpace } from './followed-space.js';
import { logLost } from '../space/tail.js';

export interface CatchUpDeps {
  readonly store: Pick<Store, 'spaces'>;
  /** Batches that are read at the same time. */
  readonly workers: number;
  /** Changes of a batch. */
  readonly logPage: number;
  /** Compared contents of a batch. */
  readonly comparePage: number;
}

/**
 * Brings those who were away to where the tails are: first what they hold is compared, if that has to be, then the log is
 * read. A batch of each in turn, so that a long way of one holds up nobody else. One that has no room for more is parked
 * until its session is read. Bounded: one entry a space of a session.
 */
export class CatchUp {
  readonly #deps: CatchUpDeps;
  readonly #tasks = new Map<FollowedSpace, Task>();
  /** Those whose turn will come, in order. */
  readonly #turns = new Set<Task>();
  readonly #quiet = new Bell();
  #working = 0;

  constructor(deps: CatchUpDeps) {
    this.#deps = deps;
  }

  /** A space that is catching up, or has room to go on. Where nothing is to be read it is live at once. */
  add(followed: FollowedSpace): void {
    const known = this.#tasks.get(followed);
    if (known === undefined && this.#arrived(followed)) return;
    const task = known ?? { followed, working: false, wanted: false };
    this.#tasks.set(followed, task);
    if (task.working) task.wanted = true;
    else this.#turns.add(task);
    this.#pump();
  }

  remove(followed: FollowedSpace): void {
    const task = this.#tasks.get(followed);
    if (task !== undefined) this.#turns.delete(task);
    this.#tasks.delete(followed);
  }

  /** Resolves when nobody has a turn; those who are parked are the concern of their sessions. */
  async idle(): Promise<void> {
    while (this.#working > 0 || this.#turns.size > 0) await this.#quiet.next();
  }

  #pump(): void {
    for (const task of this.#turns) {
      if (this.#working >= this.#deps.workers) return;
      this.#turns.delete(task);
      this.#working++;
      task.working = true;
      task.wanted = false;
      void this.#take(task);
    }
  }

  /** One turn. Never throws: what fails ends the session. */
  async #take(task: Task): Promise<void> {
    const outcome = await this.#batch(task).catch((thrown: unknown) => {
      task.followed.fail(ForesyncError.from(thrown));
      return 'done' as const;
    });
    this.#working--;
    task.working = false;
    const known = this.#tasks.get(task.followed) === task;
    if (known && outcome === 'done') this.#tasks.delete(task.followed);
    else if (known && (outcome === 'more' || task.wanted)) this.#turns.add(task);
    this.#pump();
    this.#quiet.ring();
  }

  async #batch(task: Task): Promise<'more' | 'full' | 'done'> {
    const { followed } = task;
    if (followed.state !== 'catching-up') return 'done';
    if (followed.uncompared.length > 0) return this.#compare(followed);
    const shard = followed.live.tail.reach.findIndex((offset, index) => followed.told(index) < offset);
    if (shard >= 0) return this.#read(followed, shard);
    return this.#arrived(followed) ? 'done' : 'more';
  }

  async #compare(followed: FollowedSpace): Promise<'more' | 'full'> {
    const items = followed.uncompared.slice(0, this.#deps.comparePage);
    const reasons = items.map((item) => followed.ledger.held.reason(item));
    const heads = await this.#deps.store.spaces.heads(followed.live.space, items);
    for (const [index, item] of items.entries()) {
      if (followed.compare(item, heads[index] ?? null, reasons[index] ?? 0)) continue;
      followed.compared(index);
      return 'full';
    }
    followed.compared(items.length);
    return 'more';
  }

  async #read(followed: FollowedSpace, shard: number): Promise<'more' | 'full'> {
    const { space, tail } = followed.live;
    const from = followed.told(shard);
    const page = await this.#deps.store.spaces.readLog(space, shard, from, this.#deps.logPage);
    const lost = page.kind === 'compacted' || page.bounds.epoch !== tail.positions[shard]?.epoch;
    if (lost || page.changes.length === 0) throw logLost(space, shard, from);
    for (const change of page.changes) {
      if (!followed.changed(change)) return 'full';
      followed.tellUpTo(shard, change.head.version);
    }
    return 'more';
  }

  /**
   * Whether the tail is reached, the change included that it is just applying: that may be the one there was no room for.
   * Then the space is live, in the very tick that found out.
   */
  #arrived(followed: FollowedSpace): boolean {
    const { reach } = followed.live.tail;
    const isThere =
      followed.uncompared.length === 0 && reach.every((offset, shard) => followed.told(shard) >= offset);
    return isThere && followed.step('caught-up');
  }
}

interface Task {
  readonly followed: FollowedSpace;
  /** A batch of it is being read. */
  working: boolean;
  /** There was room again while it was read. */
  wanted: boolean;
}
