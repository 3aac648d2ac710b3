import type { Answer, Chunk, Invalidation, Push } from '@foresync/protocol';
import type { Arrival } from './arrivals.js';
import { Arrivals } from './arrivals.js';
import { checkpointOf } from './wire-checkpoint.js';
import type { Device } from './device.js';
import { isOutdone, tellDropped } from './device.js';
import { ForesyncClientError } from './errors.js';
import type { Reason } from './events.js';
import { toHex } from './hex.js';
import { statusError } from './status-error.js';

/** What a content came for: unasked, with reasons, or as the answer to a request. */
type Purpose =
  | { readonly kind: 'push'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'answer'; readonly requestId: bigint };

/** Takes what the server sends of contents into the buffer, and tells those who wait for it. */
export class Landing {
  readonly #device: Device;
  readonly #arrivals: Arrivals<Purpose>;

  constructor(device: Device) {
    this.#device = device;
    const { buffer } = device;
    this.#arrivals = new Arrivals(device.hashing, async ({ space, item }, baseHash) => {
      const base = buffer.get(space, item);
      return base?.checkpoint.dataHash === baseHash ? buffer.read(base) : undefined;
    });
  }

  useLimit(itemBytes: number): void {
    this.#arrivals.useLimit(itemBytes);
  }

  /** Number of the earliest event whose content is not complete; undefined if all are. */
  get earliestOpen(): number | undefined {
    return this.#arrivals.earliestOpen;
  }

  async push(delivery: number, push: Push): Promise<void> {
    await this.#begin(delivery, push, { kind: 'push', reasons: push.reasons });
  }

  async answer(delivery: number, { requestId, result }: Answer): Promise<void> {
    const { opens } = this.#device;
    switch (result?.$case) {
      case 'found':
        return this.#begin(delivery, result.value, { kind: 'answer', requestId });
      case 'notModified': {
        opens.notModified(requestId, checkpointOf(result.value));
        return;
      }
      case 'error':
        opens.failed(requestId, statusError(result.value));
        {
          tellDropped(this.#device);
          return;
        }
      case undefined: {
        opens.failed(
          requestId,
          new ForesyncClientError('INTERNAL', 'the server sent an answer without a result'),
        );
        return;
      }
    }
  }

  async chunk(chunk: Chunk): Promise<void> {
    const arrival = await this.#arrivals.chunk(chunk);
    if (arrival !== undefined && arrival !== 'cancelled') this.#land(arrival);
  }

  invalidation({ space, item, version, dataHash }: Invalidation): void {
    const { buffer, events } = this.#device;
    const held = buffer.get(space, item)?.checkpoint;
    // Of an older change than the one that is held, or of the very one: a write of this device, for example.
    if (held === undefined || held.version > Number(version) || held.dataHash === toHex(dataHash)) return;
    const deleted = dataHash.length === 0;
    if (deleted) buffer.drop(space, item);
    else buffer.markStale(space, item);
    events.publish({ kind: 'invalidated', space, item, deleted });
    tellDropped(this.#device);
  }

  /** The session ended: what is incomplete never will be. */
  clear(): void {
    this.#arrivals.clear();
  }

  async #begin(delivery: number, push: Push, purpose: Purpose): Promise<void> {
    const arrival = await this.#arrivals.begin(delivery, push, purpose);
    if (arrival !== undefined) {
      this.#land(arrival);
      return;
    }
    this.#noteNewer(checkpointOf(push.checkpoint));
  }

  /** From now on it is known that what is held is old, whether or not the new content ever comes whole. */
  #noteNewer(checkpoint: Arrival<Purpose>['checkpoint']): void {
    const { buffer } = this.#device;
    const held = buffer.get(checkpoint.space, checkpoint.item)?.checkpoint;
    if (held !== undefined && held.dataHash !== checkpoint.dataHash && held.version <= checkpoint.version) {
      buffer.markStale(checkpoint.space, checkpoint.item);
    }
  }

  #land({ delivery, purpose, checkpoint, content, problem }: Arrival<Purpose>): void {
    if (content !== null) this.#store(checkpoint, content, purpose);
    else if (problem !== null) this.#reject(delivery, checkpoint, problem);
    else this.#noteMetadata(checkpoint, purpose);
  }

  #store(checkpoint: Arrival<Purpose>['checkpoint'], content: Uint8Array, purpose: Purpose): void {
    const { buffer, opens, acks, events, counters } = this.#device;
    opens.found(checkpoint, content);
    const held = buffer.get(checkpoint.space, checkpoint.item)?.checkpoint;
    // The server takes it for held from now on: it has to hear that a later one is.
    if (held !== undefined && isOutdone(buffer, checkpoint)) {
      acks.held(held);
      return;
    }
    buffer.put(checkpoint, content);
    if (purpose.kind === 'push') {
      counters.pushed++;
      counters.pushedBytes += content.length;
      events.publish({ kind: 'pushed', checkpoint, content: true, reasons: purpose.reasons });
    }
    tellDropped(this.#device);
  }

  #reject(delivery: number, checkpoint: Arrival<Purpose>['checkpoint'], problem: string): void {
    const { opens, acks, events, counters } = this.#device;
    const { space, item, dataHash } = checkpoint;
    this.#noteNewer(checkpoint);
    counters.rejected++;
    acks.rejected(delivery);
    const again = opens.corrupt(checkpoint, problem);
    events.publish({ kind: 'rejected', space, item, dataHash, problem, again });
  }

  #noteMetadata(checkpoint: Arrival<Purpose>['checkpoint'], purpose: Purpose): void {
    if (purpose.kind === 'answer') {
      const error = new ForesyncClientError('INTERNAL', 'the server answered a request without the content');
      this.#device.opens.failed(purpose.requestId, error);
      return;
    }
    this.#noteNewer(checkpoint);
    this.#device.events.publish({ kind: 'pushed', checkpoint, content: false, reasons: purpose.reasons });
  }
}
