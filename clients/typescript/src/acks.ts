import type { Ack, Held, Opened } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { fromHex } from './hex.js';
import { itemKey, utf8Length } from './ids.js';

/** One content of an item, by its hash. */
export interface ContentName {
  readonly space: string;
  readonly item: string;
  readonly dataHash: string;
}

/** Opens that wait to be told, for a device that is off line; beyond them the oldest goes. */
const MAX_OPENED = 8192;
const MAX_REJECTED = 64;

/**
 * What the server has to be told of this device, until it is told: what was stored, opened, held by itself, dropped and
 * rejected. Everything that comes up within a tick leaves in one Ack.
 */
export class Acks {
  readonly #spaces: ReadonlySet<string>;
  readonly #holds: (content: ContentName) => boolean;
  readonly #onDue: () => void;
  #delivery = 0;
  #told = 0;
  #opened: (ContentName & { readonly zeroWait: boolean })[] = [];
  readonly #held = new Map<string, ContentName>();
  readonly #evicted = new Map<string, ContentName>();
  #rejected: number[] = [];

  /** `spaces`: those that are followed, the only ones that the server wants to hear of. `holds`: whether the device holds this very content now. `onDue`: there is something to tell. */
  constructor(spaces: readonly string[], holds: (content: ContentName) => boolean, onDue: () => void) {
    this.#spaces = new Set(spaces);
    this.#holds = holds;
    this.#onDue = onDue;
  }

  /** Every event up to this number is stored or has taken effect. */
  delivered(delivery: number): void {
    if (delivery <= this.#delivery) return;
    this.#delivery = delivery;
    this.#onDue();
  }

  opened({ space, item, dataHash }: ContentName, zeroWait: boolean): void {
    this.#opened.push({ space, item, dataHash, zeroWait });
    if (this.#opened.length > MAX_OPENED) this.#opened.shift();
    this.#onDue();
  }

  /** The device came to hold it by itself. */
  held({ space, item, dataHash }: ContentName): void {
    this.#held.set(nameOf(space, item, dataHash), { space, item, dataHash });
    this.#onDue();
  }

  evicted(contents: readonly ContentName[]): void {
    for (const { space, item, dataHash } of contents) {
      if (!this.#spaces.has(space)) continue;
      this.#evicted.set(nameOf(space, item, dataHash), { space, item, dataHash });
    }
    if (this.#evicted.size > 0) this.#onDue();
  }

  /** The content of this delivery was not stored. */
  rejected(delivery: number): void {
    this.#rejected.push(delivery);
    this.#onDue();
  }

  /** A session begins: its Hello says what is held, and its deliveries are numbered anew. What was opened stays to be told. */
  reset(): void {
    this.#delivery = this.#told = 0;
    this.#held.clear();
    this.#evicted.clear();
    this.#rejected = [];
  }

  /** The next Ack, of about `maxBytes` at most; undefined if there is nothing to tell. */
  take(maxBytes: number): Ack | undefined {
    const room = { bytes: maxBytes };
    const rejected = this.#rejected.splice(0, MAX_REJECTED).map(BigInt);
    const opened = this.#takeOpened(room);
    const held = takeFrom(this.#held, room, (content) => this.#holds(content));
    // Dropped and come again in the meantime: then it is held.
    const evicted = takeFrom(this.#evicted, room, (content) => !this.#holds(content));
    // A delivery counts as stored unless it was rejected: so not before all rejected ones are told.
    const delivery = this.#rejected.length > 0 || this.#delivery === this.#told ? 0 : this.#delivery;
    if (delivery > 0) this.#told = delivery;
    if (this.#opened.length + this.#held.size + this.#evicted.size + this.#rejected.length > 0) this.#onDue();
    const told = rejected.length + opened.length + held.length + evicted.length;
    return told + delivery === 0
      ? undefined
      : { delivery: BigInt(delivery), opened, held, evicted, rejected };
  }

  #takeOpened(room: { bytes: number }): Opened[] {
    const count = Math.min(this.#opened.length, PROTOCOL_LIMITS.ackEntries);
    let taken = 0;
    while (taken < count && room.bytes > 0) room.bytes -= sizeOf(this.#opened[taken++]);
    return this.#opened.splice(0, taken).map(({ zeroWait, ...content }) => ({ ...wire(content), zeroWait }));
  }
}

function takeFrom(
  contents: Map<string, ContentName>,
  room: { bytes: number },
  still: (content: ContentName) => boolean,
): Held[] {
  const taken: Held[] = [];
  for (const [name, content] of contents) {
    if (taken.length === PROTOCOL_LIMITS.ackEntries || room.bytes <= 0) break;
    contents.delete(name);
    if (!still(content)) continue;
    room.bytes -= sizeOf(content);
    taken.push(wire(content));
  }
  return taken;
}

function wire({ space, item, dataHash }: ContentName): Held {
  return { space, item, dataHash: fromHex(dataHash) };
}

function nameOf(space: string, item: string, dataHash: string): string {
  return dataHash + itemKey(space, item);
}

/** Encoded bytes at most. */
function sizeOf(content: ContentName | undefined): number {
  return content === undefined ? 0 : utf8Length(content.space) + utf8Length(content.item) + 64;
}
