import type { PutHeader } from '@foresync/protocol';
import { copyOf } from './bytes.js';
import type { Checkpoint, Edge } from './checkpoint.js';
import { checkpointOf, wireEdges } from './wire-checkpoint.js';
import type { Connection } from './connection.js';
import type { ListOptions } from './content-reads.js';
import { CALL_TIMEOUT_MS, ContentReads, TRANSFER_TIMEOUT_MS } from './content-reads.js';
import type { Device } from './device.js';
import { holdOwn, keepLearned, tellDropped } from './device.js';
import { durabilityOf } from './durability.js';
import { fieldInvalid } from './errors.js';
import type { Durability } from './events.js';
import { fromHex, isHash } from './hex.js';
import { soon } from './soon.js';
import type { TokenSource } from './token-source.js';
import type { Transport } from './transport.js';
import type { Patience } from './within.js';

export interface WriteOptions extends Patience {
  /**
   * Write only over this content: a hash, or `'current'` for what this device holds (nothing, if it holds nothing).
   * Otherwise CONFLICT, with the current checkpoint in the details. Left out: over whatever there is.
   */
  readonly ifMatch?: string | undefined;
  /** Edges of the item; those of the copy that is held if left out. */
  readonly edges?: readonly Edge[] | undefined;
  /** When the content was modified, ms since the epoch; now if left out. */
  readonly modifiedMs?: number | undefined;
}

export interface Written {
  readonly checkpoint: Checkpoint;
  readonly durability: Durability;
}

/** Bytes that are hashed before others get their turn. */
const HASH_STEP = 1024 * 1024;

/** Reading and writing items by the content service: no stream is needed, and none is used. */
export class ContentVerbs {
  readonly #device: Device;
  readonly #connection: Connection;
  readonly #transport: Transport;
  readonly #reads: ContentReads;

  constructor(device: Device, connection: Connection, transport: Transport, tokens: TokenSource) {
    this.#device = device;
    this.#connection = connection;
    this.#transport = transport;
    this.#reads = new ContentReads(device.hashing, transport, tokens);
  }

  async write(space: string, item: string, content: Uint8Array, options: WriteOptions): Promise<Written> {
    // A copy: what the caller does with theirs meanwhile must not show in what is sent and held.
    const bytes = copyOf(content);
    const held = this.#device.buffer.get(space, item)?.checkpoint;
    const header: PutHeader = {
      space,
      item,
      ...conditionOf(options.ifMatch, held),
      dataHash: await this.#hash(bytes),
      sizeBytes: BigInt(bytes.length),
      edges: wireEdges(options.edges ?? held?.edges ?? []),
      modifiedMs: BigInt(options.modifiedMs ?? 0),
      audience: [],
    };
    const response = await this.#reads.call(options, TRANSFER_TIMEOUT_MS, (call) =>
      this.#transport.put(header, chunksOf(bytes, this.#connection.chunkBytes), call),
    );
    const checkpoint = checkpointOf(response.checkpoint);
    this.#device.ranking.wrote(checkpoint);
    keepLearned(this.#device);
    await holdOwn(this.#device, checkpoint, bytes);
    return { checkpoint, durability: durabilityOf(response.durability) };
  }

  async remove(
    space: string,
    item: string,
    options: Pick<WriteOptions, 'ifMatch' | keyof Patience>,
  ): Promise<void> {
    const held = this.#device.buffer.get(space, item)?.checkpoint;
    const { ifMatch } = conditionOf(options.ifMatch, held);
    await this.#reads.call(options, CALL_TIMEOUT_MS, (call) =>
      this.#transport.delete({ space, item, ifMatch }, call),
    );
    this.#device.buffer.drop(space, item);
    tellDropped(this.#device);
  }

  list(space: string, options: ListOptions): AsyncIterable<Checkpoint> {
    return this.#reads.list(space, options);
  }

  get(
    space: string,
    item: string,
    options: Patience,
  ): Promise<{ checkpoint: Checkpoint; content: Uint8Array }> {
    return this.#reads.get(space, item, options);
  }

  async #hash(bytes: Uint8Array): Promise<Uint8Array> {
    const hash = this.#device.hashing.start();
    for (const step of chunksOf(bytes, HASH_STEP)) {
      hash.update(step);
      if (bytes.length > HASH_STEP) await new Promise<void>((resolve) => soon(resolve));
    }
    return hash.finish();
  }
}

function conditionOf(
  ifMatch: string | undefined,
  held: Checkpoint | undefined,
): Pick<PutHeader, 'ifMatch' | 'createOnly'> {
  if (ifMatch === undefined) return { ifMatch: NONE, createOnly: false };
  if (ifMatch === 'current') {
    return held === undefined
      ? { ifMatch: NONE, createOnly: true }
      : { ifMatch: fromHex(held.dataHash), createOnly: false };
  }
  if (isHash(ifMatch)) return { ifMatch: fromHex(ifMatch), createOnly: false };
  throw fieldInvalid('ifMatch', "is neither 'current' nor a hash of 64 hex digits");
}

function* chunksOf(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

const NONE = new Uint8Array(0);
