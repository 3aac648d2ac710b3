import type { ServerEventBody } from '../domain/session-port.js';
import type { Presence } from './presence.js';
import type { SessionDeps } from './session-deps.js';

/** How much of the heartbeat interval a session lets pass in silence, at least and at most. */
const PATIENCE = { least: 0.5, most: 0.8 };

type VitalsDeps = Pick<SessionDeps, 'clock' | 'timer' | 'random' | 'settings'>;

/**
 * A session and time: it speaks before the device would think it dead, with jitter, and asks the device to speak; it ends
 * when the device was silent for two intervals or its token expired; and what waits for a quiet moment gets its turn.
 */
export class Vitals {
  readonly #presence: Presence;
  readonly #deps: VitalsDeps;
  #heardMs: number;
  #spokeMs: number;
  #writtenMs: number;
  #endingMs: number | null = null;
  #beatAfterMs: number;
  #nonce = 0;

  constructor(presence: Presence, deps: VitalsDeps) {
    this.#presence = presence;
    this.#deps = deps;
    this.#heardMs = this.#spokeMs = this.#writtenMs = deps.timer.now();
    this.#beatAfterMs = this.#patience();
  }

  heard(): void {
    this.#heardMs = this.#deps.timer.now();
  }

  spoke(): void {
    this.#spokeMs = this.#deps.timer.now();
  }

  /** To be called several times an interval. */
  tick(nowMs: number): void {
    const { clock, settings } = this.#deps;
    if (!this.#presence.open) this.#tickEnding(nowMs);
    else if (clock.now() >= this.#presence.expiresMs) this.#presence.end({ kind: 'token-expired' });
    else if (nowMs - this.#heardMs > 2 * settings.heartbeatMs) this.#presence.end({ kind: 'silent' });
    else this.#tickOpen(nowMs);
  }

  #tickOpen(nowMs: number): void {
    const { settings, clock } = this.#deps;
    const { outbox } = this.#presence;
    const quietMs = nowMs - this.#spokeMs;
    if (quietMs >= this.#beatAfterMs) {
      outbox.say(heartbeat(this.#presence, clock.now(), { nonce: ++this.#nonce, echo: 0 }));
      this.#spokeMs = nowMs;
      this.#beatAfterMs = this.#patience();
    }
    if (quietMs >= settings.positionIdleMs && this.#presence.positionsStale) outbox.claimPositions();
    if (nowMs - this.#writtenMs < settings.writeBehindMs && !this.#presence.muchToWrite) return;
    this.#writtenMs = nowMs;
    void this.#presence.write();
  }

  /** A goodbye that no transport takes is not waited for. */
  #tickEnding(nowMs: number): void {
    this.#endingMs ??= nowMs;
    if (nowMs - this.#endingMs >= this.#deps.settings.goodbyeMs) this.#presence.gone();
  }

  #patience(): number {
    const { settings, random } = this.#deps;
    return settings.heartbeatMs * (PATIENCE.least + random() * (PATIENCE.most - PATIENCE.least));
  }
}

/** A sign of life that says how long the token still lasts. */
export function heartbeat(
  { expiresMs }: Pick<Presence, 'expiresMs'>,
  timeMs: number,
  { nonce, echo }: { readonly nonce: number; readonly echo: number },
): ServerEventBody {
  return { kind: 'heartbeat', nonce, echo, timeMs, tokenExpiresInMs: Math.max(0, expiresMs - timeMs) };
}
