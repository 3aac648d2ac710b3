import type { Clock } from '../domain/clock.js';
import { ForesyncError } from '../domain/errors.js';
import type { OpenSession, SessionEnd } from '../domain/session-port.js';
import { atTime } from './call/at-time.js';
import type { Call } from './call/call.js';
import { CALLER_LEFT } from './call/intercept.js';
import type { StreamWriter } from './call/stream-writer.js';
import { announcedEnd, endingError } from './ending.js';
import { encodeFrame } from './outbound/frame.js';

/** What the device says on the stream itself: resolves when it says no more. It stops by itself when `over` says so. */
export type Reading = (over: () => boolean) => Promise<void>;

/**
 * A stream and its session: whatever ends one ends the other, and the first reason counts. One loop reads, one writes;
 * a frame is composed only when the transport has taken the one before.
 */
export class SessionStream {
  readonly #session: OpenSession;
  readonly #writer: StreamWriter;
  readonly #call: Call;
  readonly #clock: Clock;
  #end: SessionEnd | null = null;
  #retryAfterMs = 0;

  constructor(session: OpenSession, writer: StreamWriter, call: Call, clock: Clock) {
    this.#session = session;
    this.#writer = writer;
    this.#call = call;
    this.#clock = clock;
  }

  /**
   * Resolves when the device left; throws what the stream has to end with otherwise. `read` is null where the device
   * speaks by calls of their own (Report).
   */
  async run(read: Reading | null): Promise<void> {
    const { signal, identity } = this.#call;
    const left = (): void =>
      this.#endWith(signal.reason === CALLER_LEFT ? { kind: 'left' } : { kind: 'shutdown' });
    signal.addEventListener('abort', left, { once: true });
    if (signal.aborted) left();
    const forgetExpiry = atTime(this.#clock, identity.expiresMs, () =>
      this.#endWith({ kind: 'token-expired' }),
    );
    if (read !== null) void this.#read(read);
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
  async #read(read: Reading): Promise<void> {
    try {
      await read(() => this.#end !== null);
      this.#endWith({ kind: 'left' });
    } catch (thrown) {
      this.#endWith({ kind: 'broken', error: ForesyncError.from(thrown) });
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
