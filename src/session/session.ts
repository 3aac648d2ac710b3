import { ForesyncError } from '../domain/errors.js';
import type { SessionId } from '../domain/ids.js';
import type {
  ClientEvent,
  DurableActivities,
  OpenSession,
  ServerEvent,
  SessionEnd,
} from '../domain/session-port.js';
import { frames } from '../outbox/frames.js';
import { compose } from './compose/compose.js';
import type { ComposeDeps } from './compose/frame.js';
import { goodbye } from './goodbye.js';
import type { Inbox } from './inbound/inbox.js';
import type { Presence } from './presence.js';
import type { SessionDeps } from './session-deps.js';
import { Vitals } from './vitals.js';

/**
 * The pipeline of one device. What its user does goes from the inbox through context, predictor and planner into the
 * outboxes of the user's devices; what waits in its own outbox is composed when its transport asks for a frame.
 */
export class Session implements OpenSession {
  readonly presence: Presence;
  readonly #inbox: Inbox;
  readonly #deps: SessionDeps;
  readonly #compose: ComposeDeps;
  readonly #vitals: Vitals;

  constructor(presence: Presence, inbox: Inbox, deps: SessionDeps) {
    const { outbox, followed, tally } = presence;
    const { outbox: limits, deltas } = deps.settings;
    this.presence = presence;
    this.#inbox = inbox;
    this.#deps = deps;
    const rules = { chunkBytes: limits.chunkBytes, deltas };
    this.#compose = { store: deps.store, outbox, followed, tally, rules };
    this.#vitals = new Vitals(presence, deps);
  }

  get id(): SessionId {
    return this.presence.id;
  }

  get open(): boolean {
    return this.presence.open;
  }

  get durable(): DurableActivities {
    return this.#inbox.durable;
  }

  /**
   * The device reported this batch. One that did not come here came to another node: the device is connected there, and what
   * it had here is left behind. Should it be here after all, it resumes.
   */
  reported(sequence: number): void {
    if (sequence > this.#inbox.received) this.end({ kind: 'left' });
  }

  /** Nothing is being handled, everything is told and acknowledged; or the session is over. */
  get idle(): boolean {
    return this.presence.idle && this.#inbox.idle;
  }

  /** See OpenSession: rpc → session → context → predictor → planner → outbox. */
  receive(event: ClientEvent): Promise<void> {
    this.#vitals.heard();
    return this.#inbox.take(event);
  }

  /** See OpenSession: outbox → rpc. Throws what made the session fail. */
  async *frames(): AsyncGenerator<readonly ServerEvent[]> {
    const { presence } = this;
    const { outbox: limits, limits: told } = this.#deps.settings;
    try {
      for (let events = await this.#next(); presence.open; events = await this.#next()) {
        for (const frame of frames(events, limits.frameEvents, told.frameBytes)) {
          this.#vitals.spoke();
          yield frame;
        }
      }
      if (presence.state === 'draining') yield [presence.outbox.farewell(this.#goodbye())];
    } finally {
      presence.gone();
    }
    if (presence.why?.kind === 'broken') throw presence.why.error;
  }

  end(why: SessionEnd): void {
    this.presence.end(why);
  }

  /** To be called several times a heartbeat interval. */
  tick(nowMs: number): void {
    this.#vitals.tick(nowMs);
  }

  /** The events that go next, numbered; none if what waited turned out to be needless. */
  async #next(): Promise<readonly ServerEvent[]> {
    const { presence } = this;
    const { outbox, positions, followed } = presence;
    await outbox.whenReady();
    await endOfTick();
    try {
      const composed = await compose(this.#compose, outbox.draw());
      return outbox.seal(composed, (owes) => positions.claim(followed.values(), owes));
    } catch (thrown) {
      presence.fail(ForesyncError.from(thrown));
      return [];
    } finally {
      presence.drained();
    }
  }

  #goodbye(): ReturnType<typeof goodbye> {
    const { settings, random } = this.#deps;
    return goodbye(this.presence.why?.kind ?? 'left', settings.retryAfterMs, random);
  }
}

/** What is queued in one tick travels in one frame; and between two frames of one session others have their turn. */
const endOfTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
