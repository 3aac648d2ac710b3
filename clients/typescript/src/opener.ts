import { copyOf } from './bytes.js';
import type { Checkpoint } from './checkpoint.js';
import type { Connection } from './connection.js';
import type { Device } from './device.js';
import { tellDropped } from './device.js';
import { ForesyncClientError } from './errors.js';
import type { Holding } from './holdings.js';
import type { Answered, Waiting } from './opens.js';
import type { Patience } from './within.js';
import { within } from './within.js';

/** An item as the user sees it. */
export interface Opened {
  /** The content, verified; the caller's own copy. */
  readonly content: Uint8Array;
  readonly checkpoint: Checkpoint;
  /** Where the content came from. */
  readonly source: 'buffer' | 'network';
  /** How long the user waited, ms; 0 for what was held. */
  readonly waitMs: number;
  /** Whether another content is known to be current: only ever true while the device is off line. */
  readonly stale: boolean;
  /** Only while the device is off line: how long ago the content was last known to be current, ms. */
  readonly ageMs?: number;
}

export const OPEN_TIMEOUT_MS = 30_000;
/** Rounds of asking: a content that is found damaged where it lay is asked for once more. */
const MAX_ROUNDS = 2;

/** Opens items: from the buffer if what it holds is current, else by asking the server. */
export class Opener {
  readonly #device: Device;
  readonly #connection: Connection;
  readonly #now: () => number;

  constructor(device: Device, connection: Connection, now: () => number) {
    this.#device = device;
    this.#connection = connection;
    this.#now = now;
  }

  async open(space: string, item: string, patience: Patience): Promise<Opened> {
    const started = performance.now();
    const held = await this.#held(space, item);
    if (held !== undefined) return held;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const opened = await this.#ask(space, item, started, patience);
      if (opened !== undefined) return opened;
    }
    throw new ForesyncClientError('CONTENT_CORRUPT', 'the content is damaged where the device keeps it');
  }

  /** What can be shown at once: what is current, or what there is while the device is off line. */
  async #held(space: string, item: string): Promise<Opened | undefined> {
    const holding = this.#device.buffer.get(space, item);
    const { state } = this.#connection;
    if (holding === undefined || state === 'catching-up' || (state === 'live' && holding.stale))
      return undefined;
    return this.#show(holding, { online: state === 'live', waitMs: 0 });
  }

  /** Undefined if what the server calls current turns out to be damaged on the device. */
  async #ask(space: string, item: string, started: number, patience: Patience): Promise<Opened | undefined> {
    const { opens, buffer } = this.#device;
    const { state, error } = this.#connection;
    if (state === 'stopped' || state === 'closed') throw error ?? CLOSED;
    const waiting = opens.ask(space, item);
    try {
      const answered = await within(this.#answerOrLoss(waiting, space, item), patience);
      const waitMs = performance.now() - started;
      const content = answered?.content ?? null;
      if (answered !== undefined && content !== null) {
        return this.#shown({
          content,
          checkpoint: answered.checkpoint,
          source: 'network',
          waitMs,
          stale: false,
        });
      }
      const holding = buffer.get(space, item);
      return holding && (await this.#show(holding, { online: answered !== undefined, waitMs }));
    } finally {
      waiting.leave();
    }
  }

  /** Undefined if the connection was lost, and there is something to show in the meantime. */
  async #answerOrLoss({ answer, lost }: Waiting, space: string, item: string): Promise<Answered | undefined> {
    const first = await Promise.race([answer, lost]);
    if (first !== undefined || this.#device.buffer.get(space, item) !== undefined) return first;
    return answer;
  }

  async #show(
    holding: Holding,
    { online, waitMs }: { readonly online: boolean; readonly waitMs: number },
  ): Promise<Opened | undefined> {
    const content = await this.#device.buffer.read(holding);
    tellDropped(this.#device);
    if (content === undefined) return undefined;
    const { checkpoint, currentMs, stale } = holding;
    const shown = { content, checkpoint, source: 'buffer' as const, waitMs };
    if (online) return this.#shown({ ...shown, stale: false });
    const lastLiveMs = stale ? currentMs : Math.max(currentMs, this.#connection.lastLiveMs ?? 0);
    return this.#shown({ ...shown, stale, ageMs: Math.max(0, this.#now() - lastLiveMs) });
  }

  #shown(opened: Opened): Opened {
    const { buffer, acks, counters } = this.#device;
    const { checkpoint, waitMs, stale } = opened;
    const zeroWait = waitMs === 0 && !stale;
    buffer.touch(checkpoint.space, checkpoint.item);
    acks.opened(checkpoint, zeroWait);
    counters.opened++;
    if (zeroWait) counters.zeroWait++;
    // A copy: whoever changes it must not change what the buffer holds.
    return { ...opened, content: copyOf(opened.content) };
  }
}

const CLOSED = new ForesyncClientError('CLOSED', 'the client is closed');
