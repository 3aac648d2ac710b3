import type { ActivityBatch } from '@foresync/protocol';
import type { Deferred } from './deferred.js';
import { deferred } from './deferred.js';
import type { OutboxRecord } from './outbox-record.js';
import { decodeOutboxRecord, encodeOutboxRecord } from './outbox-record.js';
import type { RecordLog } from './record-log.js';

export interface OutboxLimits {
  /** Batches that wait to become durable; beyond them the oldest goes and is counted. */
  readonly batches: number;
  /** Batches that were sent and not yet acknowledged. */
  readonly window: number;
}

export const OUTBOX_LIMITS: OutboxLimits = { batches: 4096, window: 64 };

const COMPACT_BYTES = 256 * 1024;

interface Entry {
  /** Counts the batches of this run. */
  readonly ordinal: number;
  readonly batch: ActivityBatch;
}

/**
 * Activity batches from the moment they are closed until the server says that they are durable: in order, numbered
 * without gaps, stored before they are sent, sent again in each new session until then. Every change is in memory at
 * once, and stored after `commit`.
 *
 * The batch at the head has a number, and each one after it the next. A Welcome settles which batches are durable and
 * what the head's number is; that number is stored before anything is sent under it, so that nothing is applied twice.
 */
export class Outbox {
  readonly #log: RecordLog;
  readonly #limits: OutboxLimits;
  readonly #onLost: (activities: number) => void;
  #entries: Entry[] = [];
  /** Number of the head; 0 before the first Welcome. */
  #first = 0;
  /** Entries from the head on that were sent in this session; null while there is none. */
  #sent: number | null = null;
  #ordinals = 0;
  /** Ordinal of the last entry that is stored with the number that it has. */
  #stored = 0;
  #unwritten: OutboxRecord[] = [];
  /** The log lacks records that are gone: only a snapshot makes it whole. */
  #behind = false;
  #waiting: { readonly ordinal: number; readonly done: Deferred<undefined> }[] = [];

  private constructor(log: RecordLog, onLost: (activities: number) => void, limits: OutboxLimits) {
    this.#log = log;
    this.#onLost = onLost;
    this.#limits = limits;
  }

  /** Reads what earlier runs left. `onLost` hears how many activities go without having become durable. */
  static async open(
    log: RecordLog,
    onLost: (activities: number) => void,
    limits: OutboxLimits = OUTBOX_LIMITS,
  ): Promise<Outbox> {
    const outbox = new Outbox(log, onLost, limits);
    for (const record of await log.load()) outbox.#fold(decodeOutboxRecord(record));
    outbox.#stored = outbox.#ordinals;
    return outbox;
  }

  /** Batches that are not durable yet. */
  get size(): number {
    return this.#entries.length;
  }

  add(batch: ActivityBatch): void {
    this.#do({ kind: 'add', batch });
    while (this.#entries.length > this.#limits.batches) this.#loseOldest();
  }

  /** A session begins: everything up to `durable` is, and what is left is numbered on from there. */
  welcome(durable: number): void {
    const durableHere = this.#first === 0 ? 0 : Math.max(0, durable - this.#first + 1);
    this.#remove(0, Math.min(durableHere, this.#entries.length), true);
    if (this.#first !== durable + 1) {
      this.#do({ kind: 'first', sequence: durable + 1 });
      this.#stored = 0;
    }
    this.#sent = 0;
  }

  /** The next batch to send, with its number. Undefined: none, none stored, no session, or too much unacknowledged. */
  next(): ActivityBatch | undefined {
    if (this.#sent === null || this.#sent >= this.#limits.window) return undefined;
    const entry = this.#entries[this.#sent];
    if (entry === undefined || entry.ordinal > this.#stored) return undefined;
    return { ...entry.batch, sequence: BigInt(this.#first + this.#sent++) };
  }

  /** Everything up to this number is durable. */
  acked(sequence: number): void {
    // Not more than was sent: a number from beyond is none of this session's.
    this.#remove(0, Math.min(sequence - this.#first + 1, this.#sent ?? 0), true);
  }

  /**
   * The server will never take the batch of this number, for one of its activities (`activity`, counted from 0) or as a
   * whole: that goes, and what is left is sent again. Those behind a batch that goes move up.
   */
  refused(sequence: number, activity?: number): void {
    const index = sequence - this.#first;
    const batch = this.#entries[index]?.batch;
    if (batch === undefined || index >= (this.#sent ?? 0)) return;
    const { activities } = batch;
    const rest = activity === undefined ? [] : activities.filter((_, at) => at !== activity);
    const whole = rest.length === 0 || rest.length === activities.length;
    if (whole) this.#remove(index, 1, false);
    else this.#replace(index, { ...batch, activities: rest });
    this.#onLost(whole ? activities.length : 1);
  }

  /** What was sent and not acknowledged is to be sent again. */
  rewind(): void {
    if (this.#sent !== null) this.#sent = 0;
  }

  /** The session ended. */
  lost(): void {
    this.#sent = null;
  }

  /** Drops everything, of one space or of all. */
  wipe(space?: string): void {
    for (let index = this.#entries.length - 1; index >= 0; index--) {
      if (space === undefined || this.#entries[index]?.batch.space === space) this.#remove(index, 1, false);
    }
  }

  /** Resolves when every batch that is in here now is durable, or lost. Rejects if that will never be known. */
  async settled(): Promise<void> {
    const last = this.#entries.at(-1);
    if (last === undefined) return;
    const known = this.#waiting.at(-1);
    const same = known?.ordinal === last.ordinal;
    const waiting = same ? known : { ordinal: last.ordinal, done: deferred<undefined>() };
    if (!same) this.#waiting.push(waiting);
    await waiting.done.promise;
  }

  /** Nothing will be sent any more: whoever waits gets the error. */
  giveUp(error: Error): void {
    for (const { done } of this.#waiting) done.reject(error);
    this.#waiting = [];
  }

  /** Resolves when every change so far is stored. Calls must not overlap. If it rejects, the next one makes up for it. */
  async commit(): Promise<void> {
    const records = this.#unwritten;
    const whole = this.#behind || this.#log.size > COMPACT_BYTES;
    if (records.length === 0 && !this.#behind) return;
    const last = this.#ordinals;
    const snapshot = whole ? this.#snapshot() : undefined;
    this.#unwritten = [];
    this.#behind = false;
    try {
      if (snapshot !== undefined) await this.#log.replace(snapshot.map(encodeOutboxRecord));
      else await this.#log.append(records.map(encodeOutboxRecord));
    } catch (error) {
      this.#unwritten = [];
      this.#behind = true;
      throw error;
    }
    if (!this.#unwritten.some(({ kind }) => kind !== 'add')) this.#stored = last;
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  /** Numbers are used up by what was sent, and by what an earlier session may have sent; else those behind move up. */
  #loseOldest(): void {
    const lost = this.#entries[0];
    this.#remove(0, 1, this.#sent !== 0);
    if (lost !== undefined) this.#onLost(lost.batch.activities.length);
  }

  #remove(index: number, count: number, numbersUsed: boolean): void {
    if (count <= 0) return;
    this.#do({ kind: 'remove', index, count });
    if (!numbersUsed) this.#stored = 0;
    else if (this.#first > 0) this.#do({ kind: 'first', sequence: this.#first + count });
    if (this.#sent !== null && index < this.#sent) this.#sent = numbersUsed ? this.#sent - count : index;
    const head = this.#entries[0]?.ordinal ?? Number.POSITIVE_INFINITY;
    for (const { done } of this.#waiting.filter(({ ordinal }) => ordinal < head)) done.resolve(undefined);
    this.#waiting = this.#waiting.filter(({ ordinal }) => ordinal >= head);
  }

  #replace(index: number, batch: ActivityBatch): void {
    this.#do({ kind: 'replace', index, batch });
    this.#stored = 0;
    this.#sent = index;
  }

  #do(record: OutboxRecord): void {
    this.#fold(record);
    if (!this.#behind) this.#unwritten.push(record);
  }

  #fold(record: OutboxRecord): void {
    switch (record.kind) {
      case 'add':
        this.#entries.push({ ordinal: ++this.#ordinals, batch: record.batch });
        break;
      case 'replace': {
        const entry = this.#entries[record.index];
        if (entry !== undefined) this.#entries[record.index] = { ...entry, batch: record.batch };
        break;
      }
      case 'remove':
        this.#entries.splice(record.index, record.count);
        break;
      case 'first':
        this.#first = record.sequence;
        break;
    }
  }

  #snapshot(): OutboxRecord[] {
    const first: OutboxRecord = { kind: 'first', sequence: this.#first };
    return [first, ...this.#entries.map(({ batch }): OutboxRecord => ({ kind: 'add', batch }))];
  }
}
