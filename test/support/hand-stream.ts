import type { ClientDuplexStream } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import type { ClientEvent, ServerEvent, SyncRequest, SyncResponse } from '@foresync/protocol';
import { Hello, SyncServiceDefinition } from '@foresync/protocol';
import type { Caller } from './calls.js';
import { CallFailure, failureOf } from './calls.js';

export type Event = NonNullable<ClientEvent['event']>;
type Kind = NonNullable<ServerEvent['event']>['$case'];
type Body<K extends Kind> = Extract<ServerEvent['event'], { $case: K }>['value'];

/** A Sync stream by hand: what is written is what the test says, and everything that comes is kept. */
export class HandStream {
  readonly call: ClientDuplexStream<SyncRequest, SyncResponse>;
  readonly seen: ServerEvent[] = [];
  /** How the call ended: null for OK. */
  readonly ended: Promise<CallFailure | null>;
  #notify: () => void = () => undefined;
  #over = false;

  constructor(caller: Caller) {
    this.call = caller.stream(SyncServiceDefinition.methods.sync);
    this.ended = new Promise((resolve, reject) => {
      this.call.on('error', (error) => {
        const failure = failureOf(error);
        if (failure instanceof CallFailure) resolve(failure);
        else reject(error);
      });
      this.call.on('status', ({ code }) => code === status.OK && resolve(null));
    });
    this.call.on('status', () => {
      this.#over = true;
      this.#notify();
    });
    this.call.on('data', ({ events }: SyncResponse) => {
      this.seen.push(...events);
      this.#notify();
    });
  }

  send(...events: Event[]): void {
    this.call.write({ events: events.map((event) => ({ event })) });
  }

  /** Says Hello, with these changes of one that follows `notes`; resolves with the Welcome. */
  hello(change: Parameters<typeof Hello.create>[0] = {}): Promise<Body<'welcome'>> {
    this.send({ $case: 'hello', value: Hello.create({ spaces: ['notes'], ...change }) });
    return this.next('welcome');
  }

  /** The first event of this kind, taken out; waits for it. Throws if the call ends before. */
  async next<K extends Kind>(kind: K): Promise<Body<K>> {
    for (;;) {
      const index = this.seen.findIndex(({ event }) => event?.$case === kind);
      const [found] = index < 0 ? [] : this.seen.splice(index, 1);
      // The index was found by its kind.
      if (found !== undefined) return found.event?.value as Body<K>;
      if (this.#over) throw (await this.ended) ?? new Error(`the call ended without ${kind}`);
      await new Promise<void>((resolve) => (this.#notify = resolve));
    }
  }

  /** Resolves when the server has handled everything that was sent. */
  async barrier(nonce: bigint): Promise<void> {
    this.send({ $case: 'heartbeat', value: { nonce, echo: 0n, timeMs: 0n, tokenExpiresInMs: 0n } });
    while ((await this.next('heartbeat')).echo !== nonce) continue;
  }
}
