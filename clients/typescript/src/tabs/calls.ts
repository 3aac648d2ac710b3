import type { Deferred } from '../deferred.js';
import { deferred } from '../deferred.js';
import { ForesyncClientError } from '../errors.js';
import type { Outcome, TabCall } from './messages.js';
import { isRepeatable } from './perform.js';
import { errorOf } from './wire-error.js';

/** Calls of one tab that wait for an answer. */
const MAX_CALLS = 4096;

interface Waiting {
  readonly call: TabCall;
  readonly answer: Deferred<unknown>;
  /** Whom it was asked of. */
  asked: string | null;
}

/** What this tab asked for, until it is answered: asked again of whoever leads next, unless twice is not as good as once. */
export class Calls {
  readonly #ask: (id: number, call: TabCall) => void;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  /** `ask` says it to the one who leads. */
  constructor(ask: (id: number, call: TabCall) => void) {
    this.#ask = ask;
  }

  /** Rejects with what the leader answers; EXHAUSTED when too much waits. `leader` is who leads, if anyone does. */
  async make(call: TabCall, leader: string | null): Promise<unknown> {
    if (this.#waiting.size >= MAX_CALLS)
      throw new ForesyncClientError('EXHAUSTED', `more than ${MAX_CALLS} calls of this tab wait`);
    const id = ++this.#lastId;
    const waiting: Waiting = { call, answer: deferred(), asked: leader };
    this.#waiting.set(id, waiting);
    if (leader !== null) this.#ask(id, call);
    try {
      return await waiting.answer.promise;
    } finally {
      this.#waiting.delete(id);
    }
  }

  answered(id: number, outcome: Outcome): void {
    const answer = this.#waiting.get(id)?.answer;
    if (outcome.ok) answer?.resolve(outcome.value);
    else answer?.reject(errorOf(outcome.error));
  }

  /** Somebody leads: what was asked of another one, or of nobody, is asked now. */
  moveTo(leader: string): void {
    for (const [id, waiting] of this.#waiting) {
      const { call, answer, asked } = waiting;
      if (asked === leader) continue;
      if (asked !== null && !isRepeatable(call)) answer.reject(lost());
      else {
        waiting.asked = leader;
        this.#ask(id, call);
      }
    }
  }

  /** Resolves when nothing waits, whatever came of it. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#waiting.values()].map(({ answer }) => answer.promise));
  }

  close(error: ForesyncClientError): void {
    for (const { answer } of this.#waiting.values()) answer.reject(error);
  }
}

function lost(): ForesyncClientError {
  return new ForesyncClientError(
    'UNAVAILABLE',
    'the tab that had the connection went: it may be done or not',
  );
}
