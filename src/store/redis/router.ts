import { setTimeout as pause } from 'node:timers/promises';
import type { BackoffRules } from '../../util/backoff.js';
import { fullJitter } from '../../util/backoff.js';
import { closedFailure, unavailable } from '../failures.js';
import type { Endpoint } from './address.js';
import { messageOf } from './connection.js';
import type { Answer } from './lane.js';
import type { StoreObserver } from '../observer.js';
import type { Pool } from './pool.js';
import type { Advice } from './redirects.js';
import { adviceOf } from './redirects.js';
import type { Call } from './script.js';
import { slotOf } from './slots.js';
import type { Topology } from './topology.js';

/** Waits between attempts: a failover takes seconds, a redirection none. */
const RETRY: BackoffRules = { baseMs: 20, maxMs: 250, factor: 2 };
/** Redirections in a row before there is a wait between them as well. */
const HOPS = 5;

export interface RouterParts {
  readonly topology: Topology;
  readonly pool: Pool;
  readonly operationMs: number;
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number;
  readonly observer: StoreObserver;
}

/**
 * Brings calls to the server that is responsible, through failovers and migrations of slots, until they are answered or
 * their time is over. A call may be run several times: its script makes that safe.
 */
export class Router {
  readonly #parts: RouterParts;
  #closed = false;

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  /** The answer, which is as safe as it says: everything that it shows or wrote. Throws STORE_UNAVAILABLE, STORE_CORRUPT. */
  run(call: Call): Promise<Answer> {
    return this.#run(call, 'fenced');
  }

  /** As `run`, for what needs no fence: contents, which cannot be another's. */
  runFree(call: Call): Promise<Answer> {
    return this.#run(call, 'free');
  }

  /**
   * What `work` answers, which asks servers otherwise than by calls and can be begun again. It may take long: what is bounded
   * is the time since it failed first. Throws as `run`.
   */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    let end = Number.POSITIVE_INFINITY;
    for (let pauses = 0; ; pauses++) {
      if (this.isClosed()) throw closedFailure();
      try {
        return await work();
      } catch (thrown) {
        end = Math.min(end, performance.now() + this.#parts.operationMs);
        this.#advice(thrown, NOWHERE, end);
        await this.#pause(pauses);
      }
    }
  }

  /** Calls are refused from now on. */
  isClosed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
  }

  async #run(call: Call, lane: 'fenced' | 'free'): Promise<Answer> {
    const { topology, observer, operationMs } = this.#parts;
    const slot = slotOf(call.keys[0]);
    const end = performance.now() + operationMs;
    let ask: Endpoint | null = null;
    for (let sent = 0, pauses = 0, hops = 0; ; sent++) {
      if (this.isClosed()) throw closedFailure();
      const asking: boolean = ask !== null;
      let endpoint: Endpoint | null = ask;
      ask = null;
      try {
        endpoint ??= await topology.primaryOf(slot);
        const primary = await this.#parts.pool.get(endpoint);
        const answer = await primary[lane].send(counted(call, sent), asking);
        if (lane === 'fenced' && call.script.writes) observer.acknowledged(answer.durability);
        return answer;
      } catch (thrown) {
        const advice = this.#advice(thrown, endpoint ?? NOWHERE, end);
        if (advice.kind === 'moved') {
          topology.moved(slot, advice.endpoint);
          void topology.refresh();
        }
        if (advice.kind === 'ask') ask = advice.endpoint;
        if (advice.kind === 'load' && endpoint !== null) await this.#reload(endpoint);
        if (advice.kind !== 'again' && ++hops < HOPS) continue;
        await this.#pause(pauses++);
      }
    }
  }

  /** What to do now. Throws what ends the attempts. */
  #advice(thrown: unknown, asked: Endpoint, end: number): Exclude<Advice, { kind: 'give-up' }> {
    const advice = adviceOf(thrown, asked);
    if (advice.kind === 'give-up') throw advice.error;
    if (performance.now() > end || this.isClosed()) throw this.#tooLate(thrown);
    this.#parts.observer.retried(advice.kind);
    return advice;
  }

  /** Before the next attempt. */
  async #pause(pauses: number): Promise<void> {
    const { topology, random } = this.#parts;
    await pause(10 + fullJitter(RETRY, pauses, random()));
    await topology.refresh();
  }

  /** A new connection brings the scripts along. */
  async #reload(endpoint: Endpoint): Promise<void> {
    const primary = await this.#parts.pool.get(endpoint);
    await primary.close();
  }

  #tooLate(thrown: unknown): Error {
    if (this.isClosed()) return closedFailure();
    return unavailable(`not done within ${this.#parts.operationMs} ms: ${messageOf(thrown)}`, thrown);
  }
}

function counted(call: Call, sent: number): Call {
  if (call.countAt === undefined || sent === 0) return call;
  const args = [...call.args];
  args[call.countAt] = sent;
  return { ...call, args };
}

const NOWHERE: Endpoint = { host: '', port: 0 };
