import type { ClientReadableStream } from '@grpc/grpc-js';
import type { ReportResponse, ServerEvent, SubscribeResponse } from '@foresync/protocol';
import { Hello, SyncServiceDefinition } from '@foresync/protocol';
import type { Caller, CallFailure } from './calls.js';
import type { Body } from './event-log.js';
import { EventLog } from './event-log.js';
import type { Event } from './hand-stream.js';

const { subscribe, report } = SyncServiceDefinition.methods;

/** A browser's session by hand: a Subscribe stream, and Reports. */
export class HandSubscription {
  readonly call: ClientReadableStream<SubscribeResponse>;
  readonly next: EventLog['next'];
  readonly #caller: Caller;
  readonly #log: EventLog;
  /** Of the Welcome, once it came. */
  id = '';

  /** Subscribes with a Hello that follows `notes`, with these changes; null sends none. */
  constructor(caller: Caller, change: Parameters<typeof Hello.create>[0] | null = {}) {
    const hello = change === null ? undefined : Hello.create({ spaces: ['notes'], ...change });
    this.#caller = caller;
    this.call = caller.subscribe(subscribe, { hello });
    this.#log = new EventLog(this.call);
    this.next = (kind) => this.#log.next(kind);
  }

  get seen(): ServerEvent[] {
    return this.#log.seen;
  }

  /** Number of the last event that came. */
  get delivered(): bigint {
    return this.#log.delivered;
  }

  /** How the stream ended: null for OK. */
  get ended(): Promise<CallFailure | null> {
    return this.#log.ended;
  }

  async welcome(): Promise<Body<'welcome'>> {
    const welcome = await this.next('welcome');
    this.id = welcome.sessionId;
    return welcome;
  }

  /** Reports to where it subscribed, or by another caller. */
  report(events: readonly Event[], caller = this.#caller): Promise<ReportResponse> {
    return caller.unary(report, { sessionId: this.id, events: events.map((event) => ({ event })) });
  }

  /** Resolves when the server has handled everything that was reported. */
  async barrier(nonce: bigint): Promise<void> {
    await this.report([{ $case: 'heartbeat', value: { nonce, echo: 0n, timeMs: 0n, tokenExpiresInMs: 0n } }]);
    while ((await this.next('heartbeat')).echo !== nonce) continue;
  }
}
