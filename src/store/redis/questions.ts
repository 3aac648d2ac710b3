import type { Redis } from 'ioredis';
import { withinTime } from '../../util/abort.js';
import type { Endpoint } from './address.js';
import { nameOf } from './address.js';
import type { Dialling } from './connection.js';
import { dial, open } from './connection.js';

/**
 * Short questions to servers that may be hung or gone: about the cluster, to Sentinels. One connection a server, kept while
 * it answers.
 */
export class Questions {
  readonly #dialling: Dialling;
  readonly #connections = new Map<string, Redis>();

  constructor(dialling: Dialling) {
    this.#dialling = dialling;
  }

  /** The answers of those who answered in time, with who gave them. */
  async ask(
    endpoints: readonly Endpoint[],
    command: string,
    ...args: string[]
  ): Promise<readonly { readonly endpoint: Endpoint; readonly answer: unknown }[]> {
    const asked = await Promise.allSettled(
      endpoints.map(async (endpoint) => ({ endpoint, answer: await this.#askOne(endpoint, command, args) })),
    );
    return asked.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }

  close(): void {
    for (const redis of this.#connections.values()) redis.disconnect();
    this.#connections.clear();
  }

  async #askOne(endpoint: Endpoint, command: string, args: readonly string[]): Promise<unknown> {
    const { connectMs } = this.#dialling;
    const name = nameOf(endpoint);
    const known = this.#connections.get(name);
    const redis = known ?? dial(endpoint, this.#dialling);
    try {
      if (known === undefined) {
        await open(redis, connectMs);
        this.#connections.set(name, redis);
      }
      return await withinTime(connectMs, redis.call(command, ...args));
    } catch (thrown) {
      redis.disconnect();
      if (this.#connections.get(name) === redis) this.#connections.delete(name);
      throw thrown;
    }
  }
}
