import type { ClientEvent, Hello, ServerEvent } from '@foresync/protocol';
import { AsyncQueue } from './async-queue.js';
import type { Deferred } from './deferred.js';
import { deferred } from './deferred.js';
import { ForesyncClientError } from './errors.js';
import { toHex } from './hex.js';
import { sleep } from './sleep.js';
import type { SessionLink } from './transport.js';
import type { WebCall } from './web-call.js';
import { webCall, webStream, webUnary } from './web-call.js';
import { WEB_METHODS } from './web-methods.js';

/** A Report that takes longer than the server's own limit will not be answered, ms. */
const REPORT_TIMEOUT_MS = 40_000;
/** A failed Report often has the same cause as the end of the stream, which knows more: that is waited for, ms. */
const REASON_MS = 2_000;

/**
 * A session over a Subscribe stream and Reports, one at a time. Both carry the same `foresync-session`, made anew for each
 * session, so that the proxy leads them to one node. A Report that fails ends the session: what it said counts as lost.
 */
export class WebLink implements SessionLink {
  readonly #to: Omit<WebCall, 'signal'>;
  readonly #frames = new AsyncQueue<readonly ServerEvent[]>();
  readonly #leaving = new AbortController();
  readonly #sessionId: Deferred<string> = deferred();
  #over = false;

  constructor(to: Pick<WebCall, 'endpoint' | 'token'>, hello: Hello, closed: AbortSignal) {
    this.#to = { ...to, headers: { 'foresync-session': newRoute() } };
    const close = (): void => this.#end(ForesyncClientError.from(closed.reason));
    closed.addEventListener('abort', close, { once: true });
    void this.#read(hello).finally(() => closed.removeEventListener('abort', close));
  }

  get frames(): AsyncIterable<readonly ServerEvent[]> {
    return this.#frames;
  }

  async send(events: readonly ClientEvent[]): Promise<void> {
    try {
      const sessionId = await this.#sessionId.promise;
      if (this.#over) return;
      const call = { token: this.#to.token, timeoutMs: REPORT_TIMEOUT_MS };
      const report = { sessionId, events: [...events] };
      await webCall(call, this.#leaving.signal, (signal) =>
        webUnary(WEB_METHODS.report, [report], { ...this.#to, signal }),
      );
    } catch (error) {
      await sleep(REASON_MS, this.#leaving.signal);
      this.#end(ForesyncClientError.from(error));
    }
  }

  finish(): void {
    this.#end();
  }

  cancel(): void {
    this.#end(new ForesyncClientError('CANCELLED', 'the session was given up'));
  }

  /** Never rejects: the reader of the frames hears of what fails. */
  async #read(hello: Hello): Promise<void> {
    const call = { ...this.#to, signal: this.#leaving.signal };
    try {
      for await (const { events } of webStream(WEB_METHODS.subscribe, [{ hello }], call)) {
        for (const { event } of events)
          if (event?.$case === 'welcome') this.#sessionId.resolve(event.value.sessionId);
        this.#frames.push(events);
      }
      this.#end();
    } catch (thrown) {
      this.#end(ForesyncClientError.from(thrown));
    }
  }

  /** The first end counts. */
  #end(error?: ForesyncClientError): void {
    if (this.#over) return;
    this.#over = true;
    this.#frames.end(error);
    this.#sessionId.reject(error ?? new ForesyncClientError('CLOSED', 'the session is over'));
    this.#leaving.abort(error ?? new ForesyncClientError('CLOSED', 'the session is over'));
  }
}

/** crypto.randomUUID is for secure contexts only. */
const newRoute = (): string => toHex(crypto.getRandomValues(new Uint8Array(16)));
