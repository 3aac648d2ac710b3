import type { GetRequest } from '@foresync/protocol';
import type { Checkpoint } from './checkpoint.js';
import { ForesyncClientError } from './errors.js';
import { toHex } from './hex.js';
import type { Hashing } from './sha256.js';
import type { TokenSource } from './token-source.js';
import type { CallOptions, Transport } from './transport.js';
import { checkpointOf } from './wire-checkpoint.js';
import type { Patience } from './within.js';

export interface ListOptions extends Patience {
  /** Only items whose id starts with this. */
  readonly prefix?: string | undefined;
}

/** Large contents over slow lines take their time. */
export const TRANSFER_TIMEOUT_MS = 10 * 60_000;
export const CALL_TIMEOUT_MS = 30_000;
const PAGE = 1000;

/** Reading items by the content service, past whatever a device holds. */
export class ContentReads {
  readonly #hashing: Hashing;
  readonly #transport: Transport;
  readonly #tokens: TokenSource;

  constructor(hashing: Hashing, transport: Transport, tokens: TokenSource) {
    this.#hashing = hashing;
    this.#transport = transport;
    this.#tokens = tokens;
  }

  async *list(space: string, options: ListOptions): AsyncGenerator<Checkpoint, void, undefined> {
    for (let pageToken = ''; ; ) {
      const request = { space, prefix: options.prefix ?? '', pageSize: PAGE, pageToken };
      const page = await this.call(options, CALL_TIMEOUT_MS, (call) => this.#transport.list(request, call));
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
    return this.call(options, TRANSFER_TIMEOUT_MS, (call) =>
      this.#read({ space, item, ifNoneMatch: NONE }, call),
    );
  }

  /** Calls with a token, and once more with a new one if the first was refused. */
  async call<T>(
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

  async #read(
    request: GetRequest,
    call: CallOptions,
  ): Promise<{ checkpoint: Checkpoint; content: Uint8Array }> {
    let checkpoint: Checkpoint | undefined;
    let content = NONE;
    let received = 0;
    const hash = this.#hashing.start();
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
}

function corrupt(item: string): ForesyncClientError {
  return new ForesyncClientError('CONTENT_CORRUPT', `the content of ${item} does not match its checkpoint`);
}

const NONE = new Uint8Array(0);
