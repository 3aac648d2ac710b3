import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { ClientEvent, ServerEvent, SyncRequest, SyncResponse } from '@foresync/protocol';
import { Hello, SyncServiceDefinition } from '@foresync/protocol';
import type { Caller, CallFailure } from './calls.js';
import type { Body } from './event-log.js';
import { EventLog } from './event-log.js';

export type Event = NonNullable<ClientEvent['event']>;

/** A Sync stream by hand: what is written is what the test says, and everything that comes is kept. */
export class HandStream {
  readonly call: ClientDuplexStream<SyncRequest, SyncResponse>;
  readonly next: EventLog['next'];
  readonly #log: EventLog;

  constructor(caller: Caller) {
    this.call = caller.stream(SyncServiceDefinition.methods.sync);
    this.#log = new EventLog(this.call);
    this.next = (kind) => this.#log.next(kind);
  }

  get seen(): ServerEvent[] {
    return this.#log.seen;
  }

  /** How the call ended: null for OK. */
  get ended(): Promise<CallFailure | null> {
    return this.#log.ended;
  }

  send(...events: Event[]): void {
    this.call.write({ events: events.map((event) => ({ event })) });
  }

  /** Says Hello, with these changes of one that follows `notes`; resolves with the Welcome. */
  hello(change: Parameters<typeof Hello.create>[0] = {}): Promise<Body<'welcome'>> {
    this.send({ $case: 'hello', value: Hello.create({ spaces: ['notes'], ...change }) });
    return this.next('welcome');
  }

  /** Resolves when the server has handled everything that was sent. */
  async barrier(nonce: bigint): Promise<void> {
    this.send({ $case: 'heartbeat', value: { nonce, echo: 0n, timeMs: 0n, tokenExpiresInMs: 0n } });
    while ((await this.next('heartbeat')).echo !== nonce) continue;
  }
}
