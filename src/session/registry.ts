import type { SessionId } from '../domain/ids.js';
import { deviceKey } from './device-key.js';
import type { TokenOwner } from './resume-token.js';
import type { Session } from './session.js';

/** The sessions of this node, until they are closed: one open session a device. */
export class Registry {
  readonly #sessions = new Map<SessionId, Session>();
  readonly #devices = new Map<string, Session>();
  /** Whose turn it is to open a session for a device. */
  readonly #turns = new Map<string, Promise<unknown>>();

  /** Sessions that are not closed. */
  get size(): number {
    return this.#sessions.size;
  }

  all(): IterableIterator<Session> {
    return this.#sessions.values();
  }

  find(id: SessionId): Session | undefined {
    return this.#sessions.get(id);
  }

  /** The open session of a device. */
  of(owner: TokenOwner): Session | undefined {
    return this.#devices.get(deviceKey(owner));
  }

  add(session: Session): void {
    const key = deviceKey(session.presence);
    this.#sessions.set(session.id, session);
    this.#devices.set(key, session);
    void session.presence.closed.then(() => {
      this.#sessions.delete(session.id);
      if (this.#devices.get(key) === session) this.#devices.delete(key);
    });
  }

  /** Runs `work` when nobody else works for the same device: of two that open at once, one takes over from the other. */
  async alone<T>(owner: TokenOwner, work: () => Promise<T>): Promise<T> {
    const key = deviceKey(owner);
    const before = this.#turns.get(key) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(key) === turn) this.#turns.delete(key);
    }
  }
}
