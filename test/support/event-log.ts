import type { ClientReadableStream, ClientDuplexStream } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import type { ServerEvent, SyncResponse } from '@foresync/protocol';
import { CallFailure, failureOf } from './calls.js';

type Kind = NonNullable<ServerEvent['event']>['$case'];
export type Body<K extends Kind> = Extract<ServerEvent['event'], { $case: K }>['value'];

/** Keeps every event that a call brings, for a test that waits for them, and how the call ended. */
export class EventLog {
  readonly seen: ServerEvent[] = [];
  /** How the call ended: null for OK. */
  readonly ended: Promise<CallFailure | null>;
  /** Number of the last event that came, taken out or not. */
  delivered = 0n;
  #notify: () => void = () => undefined;
  #over = false;

  constructor(call: ClientReadableStream<SyncResponse> | ClientDuplexStream<unknown, SyncResponse>) {
    this.ended = new Promise((resolve, reject) => {
      call.on('error', (error) => {
        const failure = failureOf(error);
        if (failure instanceof CallFailure) resolve(failure);
        else reject(error);
      });
      call.on('status', ({ code }) => code === status.OK && resolve(null));
    });
    call.on('status', () => {
      this.#over = true;
      this.#notify();
    });
    call.on('data', ({ events }: SyncResponse) => {
      this.seen.push(...events);
      this.delivered = events.at(-1)?.delivery ?? this.delivered;
      this.#notify();
    });
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
}
