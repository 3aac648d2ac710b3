import type { Activity } from './activity.js';
import { anonymise } from './anonymise.js';
import type { Checkpoint } from './checkpoint.js';
import type { Connection } from './connection.js';
import type { ConnectionState } from './connection-state.js';
import type { ListOptions } from './content-reads.js';
import type { ContentVerbs, WriteOptions, Written } from './content-verbs.js';
import type { Counters, Device } from './device.js';
import { fieldInvalid, ForesyncClientError } from './errors.js';
import type { ForesyncEvent } from './events.js';
import { checkedId } from './ids.js';
import type { Opened, Opener } from './opener.js';
import { OPEN_TIMEOUT_MS } from './opener.js';
import type { PushBudget, Settings } from './options.js';
import { wireBudget } from './options.js';
import type { Likely, RankOptions } from './ranking.js';
import { checkedMost } from './ranking.js';
import type { Patience } from './within.js';
import { within } from './within.js';

/** What a client is made of (start.ts puts it together). */
export interface ClientParts {
  readonly device: Device;
  readonly connection: Connection;
  readonly opener: Opener;
  readonly content: ContentVerbs;
  readonly settings: Settings;
  /** Closes what was opened for this client alone. */
  readonly release: () => Promise<void>;
}

/**
 * One device of one user: reports what the user does, holds what they will need next, and opens it without a wait. Stays
 * connected by itself until it is closed.
 */
export class Foresync {
  readonly #parts: ClientParts;
  #closing: Promise<void> | undefined;

  /** By `connect`. */
  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /**
   * Reports what the user did, anonymised before it leaves the device. Returns at once; it is stored within the batch
   * window and sent until the server has it. Throws FIELD_INVALID for what cannot be.
   *
   * @example client.report({ type: 'viewed', space: 'notes', item: 'plan.md' });
   */
  report(activity: Activity): void {
    const { device, connection, settings } = this.#open();
    const { spaces, locationPermitted, now } = settings;
    const rules = { spaces, locationPermitted, nowMs: now() + connection.skewMs };
    device.reporter.add(anonymise(activity, rules));
  }

  /**
   * Sends what was reported and waits until the server has it durably, and has handled everything that was sent before.
   * Over lost connections too, for as long as the caller is patient.
   */
  async flush(patience: Patience = {}): Promise<void> {
    const parts = this.#open();
    await within(flushed(parts), patience);
  }

  /**
   * Opens an item: at once if the device holds what is current, else when the server has sent it. Off line, what is held
   * is shown with its age. Rejects with ITEM_UNKNOWN, CONTENT_CORRUPT, TIMEOUT (30 s unless told otherwise), CANCELLED…
   *
   * @example const { content, source, waitMs } = await client.open('notes', 'plan.md');
   */
  async open(space: string, item: string, patience: Patience = {}): Promise<Opened> {
    const { opener } = this.#checked(space, item);
    return opener.open(space, item, { ...patience, timeoutMs: patience.timeoutMs ?? OPEN_TIMEOUT_MS });
  }

  /**
   * Writes an item; the device holds it then. Rejects with CONFLICT if `ifMatch` does not hold.
   *
   * @example await client.write('notes', 'plan.md', content, { ifMatch: 'current' });
   */
  async write(
    space: string,
    item: string,
    content: Uint8Array,
    options: WriteOptions = {},
  ): Promise<Written> {
    const { content: verbs } = this.#checked(space, item);
    return verbs.write(space, item, content, options);
  }

  /** Deletes an item, and what is held of it. Rejects with CONFLICT if `ifMatch` does not hold. */
  async remove(
    space: string,
    item: string,
    options: Pick<WriteOptions, 'ifMatch' | keyof Patience> = {},
  ): Promise<void> {
    const { content } = this.#checked(space, item);
    await content.remove(space, item, options);
  }

  /** The current items of a space by prefix, in order of their ids' bytes; asks for more as it is read. */
  list(space: string, options: ListOptions = {}): AsyncIterable<Checkpoint> {
    const { content } = this.#open();
    return content.list(checkedId('space', space), options);
  }

  /** Reads an item past the buffer: it is neither held nor counted as opened. */
  async get(
    space: string,
    item: string,
    patience: Patience = {},
  ): Promise<{ checkpoint: Checkpoint; content: Uint8Array }> {
    const { content } = this.#checked(space, item);
    return content.get(space, item, patience);
  }

  /** The checkpoint of what the device holds of an item, and whether it is known to be old; undefined if nothing. */
  held(
    space: string,
    item: string,
  ): { readonly checkpoint: Checkpoint; readonly stale: boolean } | undefined {
    const { device } = this.#open();
    const holding = device.buffer.get(space, item);
    return holding && { checkpoint: holding.checkpoint, stale: holding.stale };
  }

  /**
   * What the device holds of a space, the likeliest to be opened next first, as far as the device can tell by itself: off
   * line too, and nothing leaves it. Rejects with RANKING_ABSENT, or MODEL_INVALID where the model cannot be had.
   *
   * @example for (const { checkpoint, score, reasons } of await client.rank('notes')) show(checkpoint.item, score, reasons);
   */
  async rank(space: string, options: RankOptions = {}): Promise<readonly Likely[]> {
    const { device, connection, settings } = this.#checked(space);
    const how = { most: checkedMost(options), nowMs: settings.now() + connection.skewMs };
    // What was just reported counts.
    device.reporter.flush();
    return device.ranking.rank(space, how);
  }

  /** What may be pushed from now on. */
  setBudget(budget: PushBudget): void {
    this.#open().connection.setBudget(wireBudget(budget));
  }

  /**
   * What happens, from now on, until the signal fires, the loop is left, or the client is closed. A listener that is more
   * than 1,024 events behind loses the oldest, and is told how many.
   *
   * @example for await (const event of client.events()) if (event.kind === 'pushed') show(event.checkpoint);
   */
  events(signal?: AbortSignal): AsyncIterable<ForesyncEvent> {
    return this.#parts.device.events.listen(signal);
  }

  get state(): ConnectionState {
    return this.#parts.connection.state;
  }

  /** What happened since the client was made, and what it holds now. */
  get stats(): Readonly<Counters> & { readonly held: { readonly items: number; readonly bytes: number } } {
    const { counters, buffer } = this.#parts.device;
    const { items, bytes } = buffer.totals;
    return { ...counters, held: { items, bytes } };
  }

  /**
   * Ends the session in order within about two seconds, and stores what is to be stored. What was reported and not yet
   * sent is sent by the next client on the same directory. Whoever still waits gets CLOSED. Idempotent.
   */
  close(): Promise<void> {
    this.#closing ??= closed(this.#parts);
    return this.#closing;
  }

  #checked(space: string, item?: string): ClientParts {
    const parts = this.#open();
    checkedId('space', space);
    if (item !== undefined) checkedId('item', item);
    if (!parts.settings.spaces.includes(space))
      throw fieldInvalid('space', 'is not one that the client follows');
    return parts;
  }

  #open(): ClientParts {
    if (this.#closing !== undefined) throw new ForesyncClientError('CLOSED', 'the client is closed');
    return this.#parts;
  }
}

async function flushed({ device, connection }: ClientParts): Promise<void> {
  device.reporter.flush();
  await device.outbox.settled();
  for (let session = await connection.liveSession(); ; session = await connection.liveSession(session)) {
    // Lost in between: the next session is asked. Ends with the caller's patience, or when there is no next one.
    const handled = await session.barrier().then(
      () => true,
      () => false,
    );
    if (handled) return;
  }
}

async function closed({ device, connection, release }: ClientParts): Promise<void> {
  device.reporter.flush();
  await connection.close();
  device.events.close();
  await release();
}
