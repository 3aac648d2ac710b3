import type { ServerEventBody } from '../domain/session-port.js';
import type { Asked } from './asked.js';
import { Doubts } from './doubts.js';
import type { Drawn, MetadataNote } from './drawn.js';
import type { OutboxLimits } from './limits.js';
import type { Pushes } from './pushes.js';
import { Replies } from './replies.js';
import { Told } from './told.js';

/** What a drawn entry takes on the wire, roughly; frames are cut by what events really take. */
const EVENT_BYTES = 1024;

/**
 * The order in which what waits goes out: replies, answers, doubts, echoes, metadata, planned contents, and one chunk at
 * the end of each frame, so that nothing small waits behind a large content. As long as somebody waits for an answer, nothing
 * goes that nobody asked for.
 */
export class Lanes {
  readonly replies = new Replies();
  readonly doubts = new Doubts();
  /** Replies that say that everything before them is told. Bounded by whoever feeds it, as `replies` are. */
  readonly echoes: ServerEventBody[] = [];
  readonly #told = new Told();
  #asked: Asked[] = [];
  #notes: MetadataNote[] = [];
  #waiting = 0;

  /** Whether anything but contents waits. */
  get filled(): boolean {
    return this.#due > 0 || this.#notes.length > 0;
  }

  /** Whether somebody waits for an answer that is not wholly on the wire. */
  get awaited(): boolean {
    return this.#waiting > 0;
  }

  /** Replies that wait, and requests whose answer is not wholly on the wire. */
  get owed(): number {
    return this.replies.size + this.echoes.length + this.#waiting;
  }

  ask(request: Asked): void {
    this.#asked.push(request);
    this.#waiting++;
  }

  /** Requests whose content did not come, or came and may be old by now: they still wait. */
  askAgain(requests: readonly Asked[]): void {
    this.#asked.unshift(...requests);
  }

  /** An answer is wholly on the wire. */
  answered(): void {
    this.#waiting--;
  }

  told(
    note: Pick<MetadataNote, 'space'>,
    content: Pick<MetadataNote['content'], 'item' | 'dataHash'>,
  ): boolean {
    return this.#told.has(note.space, content.item, content.dataHash);
  }

  /** Each content once; beyond the bound the oldest goes. */
  note(note: MetadataNote, max: number): void {
    if (this.told(note, note.content)) return;
    this.#told.add(note.space, note.content.item, note.content.dataHash);
    this.#notes.push(note);
    if (this.#notes.length > max) this.#notes.shift();
  }

  forgetNotes(): void {
    this.#notes = [];
  }

  /** Whether `draw` would answer anything. */
  ready(pushes: Pushes, limits: OutboxLimits): boolean {
    if (this.#due > 0) return true;
    if (pushes.nextMoving(this.awaited) !== undefined) return true;
    if (this.awaited) return false;
    return (
      (this.#notes.length > 0 && pushes.inFlight < limits.maxInFlight) || pushes.peek(limits) !== undefined
    );
  }

  /** Takes out about a frame of what goes next. */
  draw(pushes: Pushes, limits: OutboxLimits): readonly Drawn[] {
    const drawn = new Gathered(limits);
    for (const body of this.replies.take(drawn.room)) drawn.add({ kind: 'reply', body }, EVENT_BYTES);
    while (drawn.room > 0) {
      const request = this.#asked.shift();
      if (request === undefined) break;
      drawn.add({ kind: 'asked', request }, limits.chunkBytes);
    }
    for (const doubt of this.doubts.take(drawn.room)) drawn.add({ kind: 'doubt', doubt }, EVENT_BYTES);
    if (this.#asked.length + this.doubts.size === 0) this.#drawEchoes(drawn);
    if (!this.awaited) this.#drawUnasked(drawn, pushes, limits);
    const moving = pushes.nextMoving(this.awaited);
    if (moving !== undefined) drawn.add({ kind: 'chunk', parcel: moving }, limits.chunkBytes);
    return drawn.entries;
  }

  #drawEchoes(drawn: Gathered): void {
    for (const body of this.echoes.splice(0, drawn.room)) drawn.add({ kind: 'reply', body }, EVENT_BYTES);
  }

  /** What goes as soon as it is drawn, whatever is in flight. */
  get #due(): number {
    return this.replies.size + this.#asked.length + this.doubts.size + this.echoes.length;
  }

  #drawUnasked(drawn: Gathered, pushes: Pushes, limits: OutboxLimits): void {
    const notes = Math.min(drawn.room, limits.maxInFlight - pushes.inFlight);
    for (const note of this.#notes.splice(0, Math.max(0, notes)))
      drawn.add({ kind: 'metadata', note }, EVENT_BYTES);
    while (drawn.room > 0) {
      const parcel = pushes.next(limits);
      if (parcel === undefined) return;
      drawn.add({ kind: 'planned', parcel }, EVENT_BYTES + Math.min(parcel.sizeBytes, limits.chunkBytes));
    }
  }
}

/** What goes into a frame, with room kept for one chunk and one position. */
class Gathered {
  readonly entries: Drawn[] = [];
  readonly #limits: OutboxLimits;
  #bytes = 0;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  /** Entries that may still be added. */
  get room(): number {
    return this.#bytes < this.#limits.frameBytes ? this.#limits.frameEvents - 2 - this.entries.length : 0;
  }

  add(entry: Drawn, bytes: number): void {
    this.entries.push(entry);
    this.#bytes += bytes;
  }
}
