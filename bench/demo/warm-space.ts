import type { ItemId, UserId } from '../../src/domain/ids.js';
import { deviceId } from '../../src/domain/ids.js';
import type { TraceMoment } from '../../src/replay/trace-types.js';
import { busiest, isBy, openedBy } from './trace-person.js';
import type { TraceServerOptions } from './trace-server.js';
import { TraceServer } from './trace-server.js';

/** The share of the trace that has happened when the page opens. */
const HISTORY = 0.8;

export interface WarmSpaceOptions extends TraceServerOptions {
  readonly onProgress: (done: number, total: number) => void;
}

/** What a colleague did. */
export interface Turn {
  readonly user: UserId;
  readonly changed: readonly ItemId[];
}

/** A live space in which the first part of a trace has happened, and one person's place in it to take. */
export class WarmSpace {
  readonly port: number;
  readonly name: string;
  /** Whose place it is: the busiest of the trace. They have no device but the visitor's. */
  readonly person: UserId;
  /** What that person opened next in the trace. */
  readonly next: readonly ItemId[];
  readonly #world: TraceServer;
  readonly #ahead: TraceMoment[];
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(name: string, world: TraceServer, person: UserId, ahead: readonly TraceMoment[]) {
    this.port = world.server.port;
    this.name = name;
    this.person = person;
    this.next = openedBy(person, ahead);
    this.#world = world;
    this.#ahead = ahead.filter((moment) => !isBy(person, moment));
  }

  /** Plays the history, step by step, as a replay does. Rejects with the signal's reason. */
  static async start(options: WarmSpaceOptions): Promise<WarmSpace> {
    const { trace, signal, onProgress } = options;
    const world = await TraceServer.start(options);
    try {
      const history = trace.moments.slice(0, Math.floor(trace.moments.length * HISTORY));
      for (const [place, moment] of history.entries()) {
        signal.throwIfAborted();
        await world.play(moment);
        onProgress(place + 1, history.length);
      }
      world.open();
      const person = busiest(trace);
      const theirs = trace.steps.find((step) => isBy(person, step));
      if (theirs !== undefined) await world.leave(theirs);
      return new WarmSpace(trace.name, world, person, trace.moments.slice(history.length));
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  /** A token of one of the person's devices. */
  token(device: string): Promise<string> {
    return this.#world.server.token(this.person, deviceId(device));
  }

  /** The next colleague who changes something in the trace does it now; null at the trace's end. One at a time. */
  turn(): Promise<Turn | null> {
    const turn = this.#turn.then(() => this.#play());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  stop(): Promise<void> {
    return this.#world.stop();
  }

  async #play(): Promise<Turn | null> {
    for (let moment = this.#ahead.shift(); moment !== undefined; moment = this.#ahead.shift()) {
      await this.#world.play(moment);
      if (moment.kind === 'outside') continue;
      const changed = moment.items.filter(({ written }) => written).map(({ item }) => item);
      if (changed.length > 0) return { user: moment.user, changed };
    }
    return null;
  }
}
