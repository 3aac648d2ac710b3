import type { GetRequest, PutHeader } from '@foresync/protocol';
import { copyOf } from './bytes.js';
import type { Checkpoint, Edge } from './checkpoint.js';
import { checkpointOf, wireEdges } from './wire-checkpoint.js';
import type { Connection } from './connection.js';
import type { Device } from './device.js';
import { holdOwn, tellDropped } from './device.js';
import { durabilityOf } from './durability.js';
import { fieldInvalid, ForesyncClientError } from './errors.js';
import type { Durability } from './events.js';
import { fromHex, isHash, toHex } from './hex.js';
import { soon } from './soon.js';
import type { TokenSource } from './token-source.js';
import type { CallOptions, Transport } from './transport.js';
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

export interface ListOptions extends Patience {
  /** Only items whose id starts with this. */
  readonly prefix?: string | undefined;
}

/** Large contents over slow lines take their time. */
const TRANSFER_TIMEOUT_MS = 10 * 60_000;
const CALL_TIMEOUT_MS = 30_000;
const PAGE = 1000;
/** Bytes that are hashed before others get their turn. */
const HASH_STEP = 1024 * 1024;

/** Reading and writing items by the content service: no stream is needed, and none is used. */
export class ContentVerbs {
  readonly #device: Device;
  readonly #connection: Connection;
  readonly #transport: Transport;
  readonly #tokens: TokenSource;

  constructor(device: Device, connection: Connection, transport: Transport, tokens: TokenSource) {
    this.#device = device;
    this.#connection = connection;
    this.#transport = transport;
    this.#tokens = tokens;
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
    const response = await this.#call(options, TRANSFER_TIMEOUT_MS, (call) =>
      this.#transport.put(header, chunksOf(bytes, this.#connection.chunkBytes), call),
    );
    const checkpoint = checkpointOf(response.checkpoint);
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
    await this.#call(options, CALL_TIMEOUT_MS, (call) =>
      this.#transport.delete({ space, item, ifMatch }, call),
    );
    this.#device.buffer.drop(space, item);
    tellDropped(this.#device);
  }

  async *list(space: string, options: ListOptions): AsyncGenerator<Checkpoint, void, undefined> {
    for (let pageToken = ''; ; ) {
      const request = { space, prefix: options.prefix ?? '', pageSize: PAGE, pageToken };
      const page = await this.#call(options, CALL_TIMEOUT_MS, (call) => this.#transport.list(request, call));
      yield* page.checkpoints.map(checkpointOf);
      pageToken = page.nextPageToken;
      if (pageToken === '') return;
    }
  }

  async get(
    space: string,
    item: string,
    options: Patience,
  ): Promise<{ checkpoint: Checkpoint; content: Uint8Array }> {
    return this.#call(options, TRANSFER_TIMEOUT_MS, (call) =>
      this.#read({ space, item, ifNoneMatch: NONE }, call),
    );
  }

  async #read(
    request: GetRequest,
    call: CallOptions,
  ): Promise<{ checkpoint: Checkpoint; content: Uint8Array }> {
    let checkpoint: Checkpoint | undefined;
    let content = NONE;
    let received = 0;
    const hash = this.#device.hashing.start();
    for await (const { part } of this.#transport.get(request, call)) {
      if (part?.$case === 'checkpoint') {
        checkpoint = checkpointOf(part.value);
        content = new Uint8Array(checkpoint.sizeBytes);
      } else if (part?.$case === 'chunk' && received + part.value.length <= content.length) {
        content.set(part.value, received);
        hash.update(part.value);
        received += part.value.length;
      } else throw corrupt(request.item);
    }
    const dataHash = toHex(hash.finish());
    if (checkpoint?.dataHash !== dataHash) throw corrupt(request.item);
    return { checkpoint, content };
  }

  /** Calls with a token, and once more with a new one if the first was refused. */
  async #call<T>(
    { signal, timeoutMs }: Patience,
    defaultMs: number,
    make: (call: CallOptions) => Promise<T>,
  ): Promise<T> {
    const call = async (): Promise<T> =>
      make({ token: await this.#tokens.get(), signal, timeoutMs: timeoutMs ?? defaultMs });
    try {
      return await call();
    } catch (error) {
      if (!this.#tokens.renewable || ForesyncClientError.from(error).code !== 'UNAUTHENTICATED') throw error;
      this.#tokens.renew();
      return call();
    }
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

function corrupt(item: string): ForesyncClientError {
  return new ForesyncClientError('CONTENT_CORRUPT', `the content of ${item} does not match its checkpoint`);
}

const NONE = new Uint8Array(0);
