import type { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { withinTime } from '../../util/abort.js';
import type { BackoffRules } from '../../util/backoff.js';
import { fullJitter } from '../../util/backoff.js';
import { Bell } from '../../util/bell.js';
import type { Endpoint } from './address.js';
import { nameOf } from './address.js';
import type { Dialling } from './connection.js';
import { dial, open } from './connection.js';
import { slotOf } from './slots.js';
import type { Topology } from './topology.js';

export interface SubscriptionsParts {
  readonly topology: Topology;
  readonly dialling: Dialling;
  readonly random: () => number;
  readonly onMessage: (message: string) => void;
  /** The channel is heard from now on; what came before is not known. */
  readonly onHeard: (channel: string) => void;
}

/** How often a server is asked whether it still hears us, ms: a hung one would be silent for ever. */
const ALIVE_MS = 1000;
const RETRY: BackoffRules = { baseMs: 100, maxMs: 2000, factor: 2 };

interface Ear {
  readonly redis: Redis;
  readonly endpoint: Endpoint;
}

/**
 * Channels that this process listens to, over one connection a server, wherever their slots are just now. What is missed
 * while a server changes is told by `onHeard`, not repeated. Works until it is closed, however often that fails.
 */
export class Subscriptions {
  readonly #parts: SubscriptionsParts;
  readonly #wanted = new Map<string, Ear | null>();
  readonly #ears = new Map<string, Ear>();
  readonly #work = new Bell();
  readonly #timer: NodeJS.Timeout;
  readonly #done: Promise<void>;
  #closed = false;

  constructor(parts: SubscriptionsParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => void this.#look(), ALIVE_MS).unref();
    this.#done = this.#run();
  }

  want(channel: string): void {
    if (this.#wanted.has(channel)) return;
    this.#wanted.set(channel, null);
    this.#work.ring();
  }

  unwant(channel: string): void {
    const ear = this.#wanted.get(channel);
    this.#wanted.delete(channel);
    // A connection that broke has no subscriptions any more.
    ear?.redis.sunsubscribe(channel).catch(() => undefined);
  }

  /** Whether the channel is heard now. */
  hears(channel: string): boolean {
    return (this.#wanted.get(channel) ?? null) !== null;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const ear of this.#ears.values()) ear.redis.disconnect();
    this.#work.ring();
    await this.#done;
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#closed; ) {
      const [channel] = [...this.#wanted].find(([, ear]) => ear === null) ?? [];
      if (channel === undefined) {
        await this.#work.next();
        continue;
      }
      failures = (await this.#subscribe(channel)) ? 0 : failures + 1;
      if (failures > 0 && !this.#isClosed()) {
        await this.#parts.topology.refresh();
        await pause(fullJitter(RETRY, failures, this.#parts.random()));
      }
    }
  }

  /** False if that failed and has to be tried again. */
  async #subscribe(channel: string): Promise<boolean> {
    const { topology, dialling, onHeard } = this.#parts;
    let ear: Ear | null = null;
    try {
      ear = await this.#ear(await topology.primaryOf(slotOf(channel)));
      await withinTime(dialling.connectMs, ear.redis.ssubscribe(channel));
    } catch {
      // Servers come and go; whoever waits reads the log now and then as well.
      ear?.redis.disconnect();
      return false;
    }
    if (!this.#wanted.has(channel)) return true;
    this.#wanted.set(channel, ear);
    onHeard(channel);
    return true;
  }

  async #ear(endpoint: Endpoint): Promise<Ear> {
    const name = nameOf(endpoint);
    const known = this.#ears.get(name);
    if (known !== undefined) return known;
    const ear = { redis: dial(endpoint, this.#parts.dialling), endpoint };
    await open(ear.redis, this.#parts.dialling.connectMs);
    this.#ears.set(name, ear);
    ear.redis.on('smessage', (_channel: string, message: string) => this.#parts.onMessage(message));
    // A slot went elsewhere: the server does not say which one.
    ear.redis.on('moved', () => ear.redis.disconnect());
    ear.redis.once('close', () => this.#lost(name, ear));
    if (this.#closed) ear.redis.disconnect();
    return ear;
  }

  #lost(name: string, ear: Ear): void {
    if (this.#ears.get(name) === ear) this.#ears.delete(name);
    for (const [channel, heardBy] of this.#wanted) if (heardBy === ear) this.#wanted.set(channel, null);
    this.#work.ring();
  }

  /** Leaves servers that do not answer, and those that are responsible no more. Never throws. */
  async #look(): Promise<void> {
    const { topology, dialling } = this.#parts;
    for (const { redis } of [...this.#ears.values()])
      withinTime(dialling.connectMs, redis.ping()).catch(() => redis.disconnect());
    for (const [channel, ear] of [...this.#wanted]) {
      const owner = await topology.primaryOf(slotOf(channel)).catch(() => null);
      if (ear !== null && owner !== null && nameOf(owner) !== nameOf(ear.endpoint)) ear.redis.disconnect();
    }
  }

  /** Read through a method: it changes while others are waited for. */
  #isClosed(): boolean {
    return this.#closed;
  }
}
