import type { Ack, ActivityBatch, ClientEvent } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { Deferred } from './deferred.js';
import { deferred } from './deferred.js';
import { soon } from './soon.js';
import type { SessionLink } from './transport.js';

/** What is asked for when there is room for it, so that it is as new as can be. */
export interface UplinkSources {
  /** Of at most that many bytes. */
  ack(maxBytes: number): Ack | undefined;
  /** The next activity batch that may be sent. */
  batch(): ActivityBatch | undefined;
}

/** Encoded bytes of a frame that are filled; the rest is for what one event is larger than thought. */
const FRAME_SHARE = 0.5;

/**
 * The one writer of a session. Whatever comes up within a tick leaves in one frame: the ack first (behind manifests that
 * wait), then single events in their order, then activity batches. Waits for the transport to drain; meanwhile nothing is composed.
 */
export class Uplink {
  readonly #link: SessionLink;
  readonly #sources: UplinkSources;
  readonly #events: { readonly event: ClientEvent; readonly bytes: number }[] = [];
  #frameBytes: number = PROTOCOL_LIMITS.frameBytes * FRAME_SHARE;
  /** While frames are composed and sent. */
  #pumping: Deferred<undefined> | undefined;
  /** Parts of manifests that wait. */
  #manifests = 0;
  #nudged = false;
  #closed = false;

  constructor(link: SessionLink, sources: UplinkSources) {
    this.#link = link;
    this.#sources = sources;
  }

  useLimit(frameBytes: number): void {
    this.#frameBytes = Math.min(frameBytes, PROTOCOL_LIMITS.frameBytes) * FRAME_SHARE;
  }

  /** Sends an event; `bytes` is what it takes at most, encoded. */
  send(event: NonNullable<ClientEvent['event']>, bytes = 2048): void {
    if (event.$case === 'manifest') this.#manifests++;
    this.#events.push({ event: { event }, bytes });
    this.nudge();
  }

  /** A source has something. */
  nudge(): void {
    this.#nudged = true;
    if (this.#pumping !== undefined || this.#closed) return;
    this.#pumping = deferred();
    soon(() => void this.#pump());
  }

  /** Resolves when everything that there was to send is handed to the transport. */
  async drain(): Promise<void> {
    while (this.#pumping !== undefined) await this.#pumping.promise;
  }

  /** The session is over. */
  close(): void {
    this.#closed = true;
  }

  async #pump(): Promise<void> {
    while (!this.#closed) {
      this.#nudged = false;
      const frame = this.#compose();
      if (frame.length === 0) break;
      await this.#link.send(frame);
    }
    const pumping = this.#pumping;
    this.#pumping = undefined;
    if (this.#nudged) this.nudge();
    pumping?.resolve(undefined);
  }

  #compose(): ClientEvent[] {
    const frame: ClientEvent[] = [];
    let room = this.#frameBytes;
    // What an ack tells happened after what a manifest tells.
    const ack = this.#manifests > 0 ? undefined : this.#sources.ack(this.#frameBytes / 2);
    if (ack !== undefined) frame.push({ event: { $case: 'ack', value: ack } });
    while (frame.length < PROTOCOL_LIMITS.eventsPerFrame && room > 0) {
      const next = this.#events.shift() ?? batchOf(this.#sources.batch());
      if (next === undefined) break;
      if (next.event.event?.$case === 'manifest') this.#manifests--;
      frame.push(next.event);
      room -= next.bytes;
    }
    return frame;
  }
}

function batchOf(batch: ActivityBatch | undefined): { event: ClientEvent; bytes: number } | undefined {
  return (
    batch && {
      event: { event: { $case: 'activities', value: batch } },
      bytes: PROTOCOL_LIMITS.activityBatchBytes,
    }
  );
}
