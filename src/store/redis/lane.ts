import type { Durability } from '../../domain/checkpoint.js';
import { withinTime } from '../../util/abort.js';
import { BoundedQueue } from '../../util/queue.js';
import { closedFailure, unavailable } from '../failures.js';
import type { Connection } from './connection.js';
import { messageOf } from './connection.js';
import type { Fence } from './fence.js';
import type { Call, Word } from './script.js';
import { LANE_LIMITS } from './settings.js';

export interface Answer {
  readonly reply: unknown;
  /** How safe everything is that the answer shows, or that the call wrote. */
  readonly durability: Durability;
}

/** What a slow network takes. */
const BYTES_PER_MS = 20_000;

interface Waiting {
  readonly call: Call;
  /** The slot is being imported by this server: say so. */
  readonly asking: boolean;
  readonly bytes: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Calls over one connection, one batch at a time: all that come while a batch is on its way share the next, and with it
 * one round trip and, on a fenced lane, one WAIT. WAIT covers everything that the server had done when the batch ran, so
 * what an answer of a fenced lane shows is replicated too, whoever wrote it. A batch that is not answered in time ends the
 * connection: what a hung server says later reaches nobody.
 */
export class Lane {
  readonly #connection: Connection;
  readonly #boot: string;
  readonly #fence: Fence | null;
  readonly #commandMs: number;
  readonly #queue = new BoundedQueue<Waiting>({ capacity: LANE_LIMITS.waiting, overflow: 'refuse' });
  readonly #done: Promise<void>;
  #broken: Error | null = null;

  /** `boot` names the server and its process, for the scripts. */
  constructor(connection: Connection, boot: string, commandMs: number, fence: Fence | null) {
    this.#connection = connection;
    this.#boot = boot;
    this.#fence = fence;
    this.#commandMs = commandMs;
    connection.redis.once('close', () => this.#break(unavailable('the connection was closed')));
    this.#done = this.#run();
  }

  get isBroken(): boolean {
    return this.#broken !== null;
  }

  /** Rejects with what the server said, or with STORE_UNAVAILABLE: then the outcome is unknown. */
  send(call: Call, asking = false): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== null) throw this.#broken;
      const bytes = call.args.reduce((sum: number, word) => sum + sizeOf(word), 0);
      const offered = this.#queue.offer({ call, asking, bytes, resolve, reject });
      if (offered === 'full') throw unavailable(`${LANE_LIMITS.waiting} calls wait already for one server`);
      if (offered === 'ended') throw closedFailure();
    });
  }

  /** Ends the connection; resolves when everybody who waited was told. */
  async close(): Promise<void> {
    this.#break(closedFailure());
    await this.#done;
  }

  async #run(): Promise<void> {
    for await (const first of this.#queue) await this.#exchange([first, ...this.#followers(first.bytes)]);
  }

  #followers(bytes: number): Waiting[] {
    const followers: Waiting[] = [];
    for (let total = bytes; followers.length + 1 < LANE_LIMITS.batch && total < LANE_LIMITS.batchBytes; ) {
      const [next] = this.#queue.takeNow(1);
      if (next === undefined) break;
      followers.push(next);
      total += next.bytes;
    }
    return followers;
  }

  /** Never throws: everybody in the batch is told. */
  async #exchange(batch: readonly Waiting[]): Promise<void> {
    try {
      if (this.#broken !== null) throw this.#broken;
      const bytes = batch.reduce((sum, waiting) => sum + waiting.bytes, 0);
      const replies = await withinTime(this.#commandMs + bytes / BYTES_PER_MS, this.#ask(batch));
      const durability = await this.#durability(replies.waited);
      batch.forEach((waiting, index) => {
        const [error, reply] = replies.calls[index] ?? [unavailable('the server left out an answer'), null];
        if (error !== null) waiting.reject(error);
        else if (waiting.call.script.writes && durability === 'degraded' && this.#fence?.refuses === true)
          waiting.reject(this.#fence.refusal());
        else waiting.resolve({ reply, durability });
      });
    } catch (thrown) {
      this.#break(unavailable(messageOf(thrown), thrown));
      for (const { reject } of batch) reject(this.#broken);
    }
  }

  async #ask(batch: readonly Waiting[]): Promise<Replies> {
    const pipeline = this.#connection.redis.pipeline();
    const places: number[] = [];
    let place = 0;
    for (const { call, asking } of batch) {
      if (asking) {
        pipeline.call('ASKING');
        place++;
      }
      places.push(place++);
      pipeline.callBuffer('EVALSHA', ...this.#words(call));
    }
    if (this.#fence !== null) pipeline.call('WAIT', ...this.#fence.words);
    const results = (await pipeline.exec()) ?? [];
    const calls = places.map((index) => results[index]);
    return { calls, waited: this.#fence === null ? null : results[place] };
  }

  #words({ script, keys, args }: Call): (string | number | Buffer)[] {
    return [script.sha, keys.length, ...keys, this.#boot, ...args.map(asSent)];
  }

  async #durability(waited: Reply | null | undefined): Promise<Durability> {
    if (this.#fence === null) return 'local';
    const [error, count] = waited ?? [null, 0];
    return this.#fence.judge(error === null && typeof count === 'number' ? count : 0);
  }

  #break(error: Error): void {
    if (this.#broken !== null) return;
    this.#broken = error;
    this.#connection.redis.disconnect();
    this.#queue.end();
  }
}

type Reply = readonly [error: Error | null, reply: unknown];

interface Replies {
  readonly calls: readonly (Reply | undefined)[];
  readonly waited: Reply | null | undefined;
}

function sizeOf(word: Word): number {
  return typeof word === 'number' ? 8 : word.length;
}

/** ioredis sends Buffers as they are. */
function asSent(word: Word): string | number | Buffer {
  return word instanceof Uint8Array ? Buffer.from(word.buffer, word.byteOffset, word.byteLength) : word;
}
