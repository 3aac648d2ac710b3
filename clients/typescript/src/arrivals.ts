import type { Chunk, Push } from '@foresync/protocol';
import { ContentEncoding } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { copyOf } from './bytes.js';
import type { Checkpoint } from './checkpoint.js';
import { checkpointOf } from './wire-checkpoint.js';
import { contentOf } from './content-of.js';
import type { ContentFacts } from './content-of.js';
import type { Hashing, RunningHash } from './sha256.js';

/** A content that came, whole and verified, or did not match what was said of it. */
export interface Arrival<Purpose> {
  /** Number of the event that announced it. */
  readonly delivery: number;
  readonly purpose: Purpose;
  readonly checkpoint: Checkpoint;
  /** The verified content; null if it came without one: the checkpoint alone. */
  readonly content: Uint8Array | null;
  /** Why the content cannot be shown; it is null then. */
  readonly problem: string | null;
}

interface Transfer<Purpose> {
  readonly delivery: number;
  readonly purpose: Purpose;
  readonly checkpoint: Checkpoint;
  readonly facts: ContentFacts;
  readonly bytes: Uint8Array;
  received: number;
  /** Runs along with the chunks where they are the content itself; null for a delta. */
  readonly hash: RunningHash | null;
}

/** Transfers that may be open at a time. Servers send a few; more are rejected, not buffered. */
const MAX_TRANSFERS = 256;

/**
 * Puts contents together and checks them as they come. `purpose` is the caller's: it comes back with the content. Nothing
 * is given out before its SHA-256 was found right.
 */
export class Arrivals<Purpose> {
  readonly #hashing: Hashing;
  readonly #readBase: (checkpoint: Checkpoint, baseHash: string) => Promise<Uint8Array | undefined>;
  readonly #transfers = new Map<bigint, Transfer<Purpose>>();
  #itemBytes: number = PROTOCOL_LIMITS.itemBytes;

  constructor(
    hashing: Hashing,
    readBase: (checkpoint: Checkpoint, baseHash: string) => Promise<Uint8Array | undefined>,
  ) {
    this.#hashing = hashing;
    this.#readBase = readBase;
  }

  /** Bytes that a content may have. */
  useLimit(itemBytes: number): void {
    this.#itemBytes = itemBytes;
  }

  /** A push or an answer came; answers what arrived with it, undefined if chunks are to follow. */
  async begin(delivery: number, push: Push, purpose: Purpose): Promise<Arrival<Purpose> | undefined> {
    const checkpoint = checkpointOf(push.checkpoint);
    const arrived = { delivery, purpose, checkpoint };
    if (push.encoding === ContentEncoding.CONTENT_ENCODING_NONE)
      return { ...arrived, content: null, problem: null };
    const encodedBytes = push.transfer === 0n ? push.content.length : Number(push.encodedBytes);
    const facts = { encoding: push.encoding, baseHash: push.baseHash, encodedBytes };
    const problem = this.#problemOf(checkpoint, facts, push.transfer);
    if (problem !== null) return { ...arrived, content: null, problem };
    if (push.transfer === 0n) return this.#checked(arrived, facts, copyOf(push.content), null);
    const whole = push.encoding === ContentEncoding.CONTENT_ENCODING_IDENTITY;
    const hash = whole ? this.#hashing.start() : null;
    const bytes = new Uint8Array(encodedBytes);
    this.#transfers.set(push.transfer, { ...arrived, facts, bytes, received: 0, hash });
    return undefined;
  }

  /** A chunk came; answers what is complete with it, or came to nothing. */
  async chunk(chunk: Chunk): Promise<Arrival<Purpose> | 'cancelled' | undefined> {
    const transfer = this.#transfers.get(chunk.transfer);
    // Of a transfer that was rejected, or cancelled.
    if (transfer === undefined) return undefined;
    if (chunk.cancelled) return this.#give(chunk.transfer, transfer), 'cancelled';
    const problem = misfit(transfer, chunk);
    if (problem !== null) {
      this.#give(chunk.transfer, transfer);
      return { ...transfer, content: null, problem };
    }
    transfer.bytes.set(chunk.data, transfer.received);
    transfer.received += chunk.data.length;
    transfer.hash?.update(chunk.data);
    if (!chunk.last) return undefined;
    this.#transfers.delete(chunk.transfer);
    return this.#checked(transfer, transfer.facts, transfer.bytes, transfer.hash);
  }

  /** Number of the earliest event whose content is not complete; undefined if all are. */
  get earliestOpen(): number | undefined {
    const [first] = this.#transfers.values();
    return first?.delivery;
  }

  /** The session ended: what is incomplete never will be. Answers what for. */
  clear(): Purpose[] {
    const transfers = [...this.#transfers];
    for (const [number, transfer] of transfers) this.#give(number, transfer);
    return transfers.map(([, { purpose }]) => purpose);
  }

  #problemOf({ sizeBytes }: Checkpoint, { encodedBytes }: ContentFacts, transfer: bigint): string | null {
    const limit = this.#itemBytes;
    if (sizeBytes > limit) return `has ${sizeBytes} bytes, at most ${limit} are allowed`;
    // A delta that is larger than its content would not be sent; its own frame adds a few bytes.
    if (encodedBytes > sizeBytes + 1024) return `takes ${encodedBytes} bytes for a content of ${sizeBytes}`;
    if (transfer === 0n) return null;
    if (this.#transfers.has(transfer)) return 'has the number of another transfer';
    return this.#transfers.size < MAX_TRANSFERS ? null : `is one of more than ${MAX_TRANSFERS} at a time`;
  }

  async #checked(
    { delivery, purpose, checkpoint }: Pick<Transfer<Purpose>, 'delivery' | 'purpose' | 'checkpoint'>,
    facts: ContentFacts,
    bytes: Uint8Array,
    hash: RunningHash | null,
  ): Promise<Arrival<Purpose>> {
    const base = (baseHash: string): Promise<Uint8Array | undefined> => this.#readBase(checkpoint, baseHash);
    const result = await contentOf(checkpoint, facts, bytes, { base, hash, sha256: this.#hashing.sha256 });
    return { delivery, purpose, checkpoint, ...result };
  }

  #give(number: bigint, transfer: Transfer<Purpose>): void {
    transfer.hash?.cancel();
    this.#transfers.delete(number);
  }
}

function misfit({ received, bytes }: Transfer<unknown>, { offset, data, last }: Chunk): string | null {
  if (Number(offset) !== received) return `goes on at ${offset} after ${received} bytes`;
  const end = received + data.length;
  if (end > bytes.length) return `has more than the ${bytes.length} bytes announced`;
  return last && end < bytes.length ? `ends after ${end} of ${bytes.length} bytes` : null;
}
