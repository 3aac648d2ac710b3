import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { ClientEvent, Hello, ServerEvent, SyncRequest, SyncResponse } from '@foresync/protocol';
import { AsyncQueue } from './async-queue.js';
import type { Deferred } from './deferred.js';
import { deferred } from './deferred.js';
import { grpcError } from './grpc-error.js';
import type { SessionLink } from './transport.js';

/** A session over one Sync stream. */
export class GrpcLink implements SessionLink {
  readonly #call: ClientDuplexStream<SyncRequest, SyncResponse>;
  readonly #frames = new AsyncQueue<readonly ServerEvent[]>();
  #room: Deferred<undefined> | undefined;
  #over = false;

  constructor(call: ClientDuplexStream<SyncRequest, SyncResponse>, hello: Hello) {
    this.#call = call;
    // Attached before anything can arrive: grpc-js buffers without end for a call that nobody reads.
    call.on('data', ({ events }: SyncResponse) => this.#frames.push(events));
    call.on('error', (error: Error) => this.#end(grpcError(error)));
    call.on('status', () => this.#end());
    call.on('drain', () => this.#makeRoom());
    call.write({ events: [{ event: { $case: 'hello', value: hello } }] });
  }

  get frames(): AsyncIterable<readonly ServerEvent[]> {
    return this.#frames;
  }

  async send(events: readonly ClientEvent[]): Promise<void> {
    if (this.#over) return;
    if (this.#call.write({ events: [...events] })) return;
    this.#room ??= deferred();
    await this.#room.promise;
  }

  finish(): void {
    if (!this.#over) this.#call.end();
  }

  cancel(): void {
    this.#call.cancel();
  }

  #end(error?: Error): void {
    this.#over = true;
    this.#frames.end(error);
    this.#makeRoom();
  }

  #makeRoom(): void {
    this.#room?.resolve(undefined);
    this.#room = undefined;
  }
}
