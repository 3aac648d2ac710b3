import type { SyncRequest } from '@foresync/protocol';
import type { Clock } from '../domain/clock.js';
import { ForesyncError } from '../domain/errors.js';
import type { OpenSession, SessionEnd } from '../domain/session-port.js';
import type { Arrived } from './call/arrived.js';
import { opened } from './call/arrived.js';
import { atTime } from './call/at-time.js';
import type { Call } from './call/call.js';
import { CALLER_LEFT } from './call/intercept.js';
import type { StreamWriter } from './call/stream-writer.js';
import { announcedEnd, endingError } from './ending.js';
import { clientEvents } from './inbound/events.js';
import { encodeFrame } from './outbound/frame.js';

export interface SyncStreamDeps {
  readonly clock: Clock;
  /** Encoded bytes of one activity batch. */
  readonly activityBatchBytes: number;
}

/**
 * A stream and its session: whatever ends one ends the other, and the first reason counts. One loop reads, one writes;
 * a frame is composed only when the transport has taken the one before.
 */
export class SyncStream {
  readonly #session: OpenSession;
  readonly #writer: StreamWriter;
  readonly #call: Call;
  readonly #deps: SyncStreamDeps;
  #end: SessionEnd | null = null;
  #retryAfterMs = 0;

  constructor(session: OpenSession, writer: StreamWriter, call: Call, deps: SyncStreamDeps) {
    this.#session = session;
    this.#writer = writer;
    this.#call = call;
    this.#deps = deps;
  }

  /** Resolves when the device left; throws what the stream has to end with otherwise. `first` is what came with Hello. */
  async run(first: Arrived<SyncRequest>, frames: AsyncIterator<Arrived<SyncRequest>>): Promise<void> {
    const { signal, identity } = this.#call;
    const left = (): void =>
      this.#endWith(signal.reason === CALLER_LEFT ? { kind: 'left' } : { kind: 'shutdown' });
    signal.addEventListener('abort', left, { once: true });
    if (signal.aborted) left();
    const forgetExpiry = atTime(this.#deps.clock, identity.expiresMs, () =>
      this.#endWith({ kind: 'token-expired' }),
    );
    void this.#read(first, frames);
    try {
      await this.#write();
    } catch (thrown) {
      this.#endWith({ kind: 'broken', error: ForesyncError.from(thrown) });
    } finally {
      forgetExpiry();
    }
    const error = this.#end === null ? null : endingError(this.#end, this.#retryAfterMs);
    if (error !== null) throw error;
  }

  /** Never rejects: a fault ends the session, and so the stream. */
  async #read(first: Arrived<SyncRequest>, frames: AsyncIterator<Arrived<SyncRequest>>): Promise<void> {
    try {
      await this.#receive(first);
      for (let next = await frames.next(); next.done !== true; next = await frames.next()) {
        await this.#receive(next.value);
      }
      this.#endWith({ kind: 'left' });
    } catch (thrown) {
      this.#endWith({ kind: 'broken', error: ForesyncError.from(thrown) });
    }
  }

  async #receive(arrived: Arrived<SyncRequest>): Promise<void> {
    const limits = { nowMs: this.#deps.clock.now(), activityBatchBytes: this.#deps.activityBatchBytes };
    for (const event of clientEvents(opened(arrived), arrived.bytes, limits)) {
      if (this.#end !== null) return;
      await this.#session.receive(event);
    }
  }

  async #write(): Promise<void> {
    let stalled = false;
    for await (const events of this.#session.frames()) {
      const announced = announcedEnd(events);
      if (announced !== null) this.#announced(announced.end, announced.retryAfterMs);
      const frame = encodeFrame(events);
      if (stalled) {
        // Only its goodbye is still of use to a device that does not read.
        if (announced !== null) this.#writer.lastWords(frame);
        continue;
      }
      const taken = await this.#writer.write(frame);
      if (taken === 'gone') return;
      stalled = taken === 'stalled';
      if (stalled) this.#endWith({ kind: 'stalled' });
    }
  }

  #announced(end: SessionEnd, retryAfterMs: number): void {
    this.#end ??= end;
    this.#retryAfterMs = retryAfterMs;
  }

  #endWith(end: SessionEnd): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#session.end(end);
  }
}
