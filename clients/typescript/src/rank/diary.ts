import type { ActivityBatch, Held } from '@foresync/protocol';
import { ActivityBatch as BatchCodec, Held as HeldCodec } from '@foresync/protocol';
import { ForesyncClientError } from '../errors.js';
import type { RecordLog } from '../record-log.js';

/** What the user did, as it is reported, or wrote: one content of an item. */
export type DiaryEntry =
  | { readonly kind: 'done'; readonly batch: ActivityBatch }
  | { readonly kind: 'wrote'; readonly held: Held };

export interface DiaryLimits {
  /** Entries; when there are more, only the newest stay, half as many. */
  readonly entries: number;
  /** Bytes of them, likewise. */
  readonly bytes: number;
}

export const DIARY_LIMITS: DiaryLimits = { entries: 2048, bytes: 1024 * 1024 };

const KINDS = ['done', 'wrote'] as const;

interface Page {
  readonly entry: DiaryEntry;
  readonly bytes: Uint8Array;
}

/** What was done on a device: all that its ranking learns from, so that what is learned can be learned again. Bounded. */
export class Diary {
  readonly #log: RecordLog;
  readonly #limits: DiaryLimits;
  #pages: Page[] = [];
  #bytes = 0;
  /** Pages, from the first one on, that the log has; null if only all of them anew make it whole. */
  #written: number | null = 0;
  #edition = 0;

  private constructor(log: RecordLog, limits: DiaryLimits) {
    this.#log = log;
    this.#limits = limits;
  }

  /** Reads what earlier runs left. Throws BUFFER_BROKEN for what this version did not write. */
  static async open(log: RecordLog, limits: DiaryLimits = DIARY_LIMITS): Promise<Diary> {
    const diary = new Diary(log, limits);
    for (const bytes of await log.load()) diary.#keep({ entry: decoded(bytes), bytes });
    if (diary.#written !== null) diary.#written = diary.#pages.length;
    return diary;
  }

  /** What is there, oldest first. */
  get entries(): readonly DiaryEntry[] {
    return this.#pages.map(({ entry }) => entry);
  }

  /** Another number whenever something went: who read it before begins anew. */
  get edition(): number {
    return this.#edition;
  }

  add(entry: DiaryEntry): void {
    this.#keep({ entry, bytes: encoded(entry) });
  }

  /** Drops what is of one space, or all. */
  wipe(space?: string): void {
    this.#cutTo(space === undefined ? [] : this.#pages.filter(({ entry }) => spaceOf(entry) !== space));
  }

  async commit(): Promise<void> {
    const written = this.#written;
    const records = this.#pages.slice(written ?? 0).map(({ bytes }) => bytes);
    if (records.length === 0 && written !== null) return;
    this.#written = this.#pages.length;
    try {
      await (written === null ? this.#log.replace(records) : this.#log.append(records));
    } catch (error) {
      this.#written = null;
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  #keep(page: Page): void {
    this.#pages.push(page);
    this.#bytes += page.bytes.length;
    const { entries, bytes } = this.#limits;
    if (this.#pages.length > entries || this.#bytes > bytes)
      this.#cutTo(this.#newest(entries / 2, bytes / 2));
  }

  #newest(entries: number, bytes: number): Page[] {
    let [from, sum] = [this.#pages.length, 0];
    while (from > 0 && this.#pages.length - from < entries) {
      sum += this.#pages[from - 1]?.bytes.length ?? 0;
      if (sum > bytes) break;
      from--;
    }
    return this.#pages.slice(from);
  }

  #cutTo(pages: Page[]): void {
    this.#pages = pages;
    this.#bytes = pages.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.#written = null;
    this.#edition++;
  }
}

function encoded(entry: DiaryEntry): Uint8Array {
  const body =
    entry.kind === 'done' ? BatchCodec.encode(entry.batch).finish() : HeldCodec.encode(entry.held).finish();
  const bytes = new Uint8Array(1 + body.length);
  bytes[0] = KINDS.indexOf(entry.kind);
  bytes.set(body, 1);
  return bytes;
}

function decoded(bytes: Uint8Array): DiaryEntry {
  const kind = KINDS[bytes[0] ?? KINDS.length];
  const body = bytes.subarray(1);
  try {
    if (kind === 'done') return { kind, batch: BatchCodec.decode(body) };
    if (kind === 'wrote') return { kind, held: HeldCodec.decode(body) };
  } catch (cause) {
    throw broken(cause);
  }
  throw broken();
}

function broken(cause?: unknown): ForesyncClientError {
  const message = 'what the ranking learned has a record that this version cannot read';
  return new ForesyncClientError('BUFFER_BROKEN', message, { cause });
}

const spaceOf = (entry: DiaryEntry): string => (entry.kind === 'done' ? entry.batch.space : entry.held.space);
