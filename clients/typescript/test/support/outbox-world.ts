import assert from 'node:assert/strict';
import type { ActivityBatch } from '@foresync/protocol';
import fc from 'fast-check';
import { Outbox, OUTBOX_LIMITS } from '../../src/outbox.js';
import { CrashingLog } from './crashing-log.js';

export type Step =
  | 'add'
  | 'commit'
  | 'fail'
  | 'send'
  | 'arrive'
  | 'ack'
  | 'lose'
  | 'connect'
  | 'crash'
  | 'refuse';

export const step = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Step>('add', 'commit', 'send', 'arrive', 'connect') },
  { weight: 2, arbitrary: fc.constantFrom<Step>('ack', 'refuse', 'crash') },
  { weight: 1, arbitrary: fc.constantFrom<Step>('fail', 'lose') },
);

/** A device, its log, the wire and a server that applies a batch once and only in its turn. */
export class World {
  readonly applied: string[] = [];
  readonly #log = new CrashingLog();
  readonly #added: string[] = [];
  readonly #gone = new Set<string>();
  #uncommitted: string[] = [];
  /** Refused since the last commit: a crash brings them back. */
  #refused: string[] = [];
  #outbox: Outbox | undefined;
  #wire: ActivityBatch[] = [];
  #durable = 0;
  #refusing = false;

  async begin(): Promise<void> {
    this.#outbox = await opened(this.#log);
  }

  async take(step: Step): Promise<void> {
    const outbox = this.#device();
    switch (step) {
      case 'add':
        this.#add(outbox);
        break;
      case 'commit':
        await this.#commit(outbox);
        break;
      case 'fail':
        this.#log.failing = true;
        await outbox.commit().catch(() => undefined);
        this.#log.failing = false;
        break;
      case 'send':
        this.#send(outbox);
        break;
      case 'arrive':
        this.#arrive(2);
        break;
      case 'ack':
        outbox.acked(this.#durable);
        break;
      case 'lose':
        this.#wire = [];
        outbox.lost();
        break;
      case 'connect':
        this.#reconnect();
        break;
      case 'crash':
        await this.#crash();
        break;
      case 'refuse':
        this.#refusing = true;
        break;
    }
  }

  async finish(): Promise<void> {
    const outbox = this.#device();
    this.#refusing = false;
    this.#reconnect();
    for (let round = 0; round < 300 && outbox.size > 0; round++) {
      await this.#commit(outbox);
      this.#send(outbox);
      this.#arrive(Infinity);
      outbox.acked(this.#durable);
    }
    assert.equal(outbox.size, 0);
  }

  expected(): string[] {
    return this.#added.filter((item) => !this.#gone.has(item));
  }

  #device(): Outbox {
    assert.ok(this.#outbox !== undefined);
    return this.#outbox;
  }

  #add(outbox: Outbox): void {
    const item = `${this.#added.length}`;
    this.#added.push(item);
    this.#uncommitted.push(item);
    outbox.add(batch(item));
  }

  async #commit(outbox: Outbox): Promise<void> {
    this.#uncommitted = [];
    this.#refused = [];
    await outbox.commit();
  }

  #send(outbox: Outbox): void {
    for (let next = outbox.next(); next !== undefined; next = outbox.next()) this.#wire.push(next);
  }

  /** The server handles what is on the wire, in order. */
  #arrive(count: number): void {
    for (const { sequence, activities } of this.#wire.splice(0, count)) {
      const item = activities[0]?.item ?? '';
      if (Number(sequence) !== this.#durable + 1) {
        // One that was applied before is the same one; one that skips a number waits for its turn.
        if (Number(sequence) <= this.#durable)
          assert.ok(this.applied.includes(item), `${item} took another's number`);
        continue;
      }
      if (this.#refusing) {
        this.#refuse(Number(sequence), item);
        return;
      }
      this.#durable++;
      this.applied.push(item);
    }
  }

  /** What is behind it on the wire is refused for the gap; then it is all sent again. */
  #refuse(sequence: number, item: string): void {
    this.#refusing = false;
    this.#gone.add(item);
    this.#refused.push(item);
    this.#wire = [];
    this.#device().refused(sequence);
    this.#device().rewind();
  }

  #reconnect(): void {
    this.#wire = [];
    this.#device().welcome(this.#durable);
  }

  /** What was never committed is gone with the process, and so is what was on its way. */
  async #crash(): Promise<void> {
    for (const item of this.#refused) this.#gone.delete(item);
    this.#refused = [];
    for (const item of this.#uncommitted) if (!this.applied.includes(item)) this.#gone.add(item);
    this.#uncommitted = [];
    this.#wire = [];
    await this.begin();
  }
}

export function opened(log: CrashingLog, limits = OUTBOX_LIMITS): Promise<Outbox> {
  return Outbox.open(log, () => undefined, limits);
}

export function batch(item: string, space = 's'): ActivityBatch {
  return {
    sequence: 0n,
    space,
    activities: [{ type: 1, item, queryBuckets: [], timeMs: 1n, locationCell: '' }],
  };
}

export function given(sent: ActivityBatch | undefined): [bigint | undefined, string | undefined] {
  return [sent?.sequence, sent?.activities[0]?.item];
}

export function watched(promise: Promise<void>): { readonly promise: Promise<void>; done: boolean } {
  const watch = { promise, done: false };
  void promise.then(() => (watch.done = true));
  return watch;
}
