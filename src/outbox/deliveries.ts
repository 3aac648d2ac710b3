import { ForesyncError } from '../domain/errors.js';
import type { SpaceId } from '../domain/ids.js';
import type { ServerEvent, ServerEventBody } from '../domain/session-port.js';
import type { Composed, Told } from './drawn.js';
import { InFlight } from './in-flight.js';
import type { Lanes } from './lanes.js';
import type { Parcel } from './parcel.js';
import type { Pushes } from './pushes.js';

/** Whether a space's positions may not be claimed yet: something about it is still to be told. */
export type Owes = (space: SpaceId) => boolean;

/** What an acknowledgement said about contents. */
export interface Settled {
  readonly stored: readonly Parcel[];
  readonly rejected: readonly Parcel[];
  /** Items of which the device knows now what it was told. */
  readonly told: readonly Told[];
}

const MAX_REJECTED = 256;

/** Numbers what is sent, and knows what each acknowledgement means. */
export class Deliveries {
  readonly #pushes: Pushes;
  readonly #lanes: Lanes;
  readonly #inFlight = new InFlight();
  /** Rejected numbers that were not settled yet; beyond `MAX_REJECTED` the oldest is forgotten. */
  readonly #rejected = new Set<number>();
  #positionInFlight = false;

  constructor(pushes: Pushes, lanes: Lanes) {
    this.#pushes = pushes;
    this.#lanes = lanes;
  }

  get allAcknowledged(): boolean {
    return this.#inFlight.allAcknowledged;
  }

  get positionInFlight(): boolean {
    return this.#positionInFlight;
  }

  /**
   * Numbers what was composed, in order. What was dropped meanwhile is left out, and so is an invalidation whose new
   * content goes along. At the end `claim` may add positions: they cover everything that was told before.
   */
  seal(composed: readonly Composed[], claim: (owes: Owes) => ServerEventBody | null): readonly ServerEvent[] {
    const events = composed
      .filter((part) => isAlive(part) && !comesAlong(part.body, composed))
      .map((part) => this.#number(part));
    const positions = this.#positionInFlight ? null : claim((space) => this.#owes(space));
    if (positions !== null) {
      this.#positionInFlight = true;
      events.push(this.number(positions));
      this.#inFlight.remember({ kind: 'position', delivery: this.#inFlight.last });
    }
    return events;
  }

  /** An event whose acknowledgement means nothing. */
  number(body: ServerEventBody): ServerEvent {
    const delivery = this.#inFlight.next();
    // Nearly all events are pushes; copying an object of any kind is the dearer way.
    if (body.kind === 'push') return { kind: 'push', push: body.push, delivery };
    return { ...body, delivery };
  }

  /** Cumulative; throws FIELD_INVALID for a number that was never sent. */
  acknowledge(delivery: number, rejected: readonly number[]): Settled {
    for (const number of [delivery, ...rejected]) this.#mustBeSent(number);
    const stored: Parcel[] = [];
    const refused = rejected.flatMap((number) => this.#reject(number));
    const told: Told[] = [];
    for (const sent of this.#inFlight.acknowledge(delivery)) {
      if (sent.kind === 'position') this.#positionInFlight = false;
      else if (sent.kind === 'metadata') this.#pushes.noteSettled();
      else if (sent.kind === 'truth') told.push(sent.told);
      else if (sent.parcel.state !== 'over') {
        this.#pushes.settled(sent.parcel);
        (this.#isRejected(sent.delivery, sent.parcel) ? refused : stored).push(sent.parcel);
      }
    }
    return { stored, rejected: refused, told };
  }

  #number(part: Composed): ServerEvent {
    const event = this.number(part.body);
    switch (part.carries) {
      case 'nothing':
        break;
      case 'answer':
        this.#lanes.answered();
        break;
      case 'truth':
        if (part.told.reason > 0)
          this.#inFlight.remember({ kind: 'truth', delivery: event.delivery, told: part.told });
        break;
      case 'metadata':
        this.#pushes.noteSent();
        this.#inFlight.remember({ kind: 'metadata', delivery: event.delivery });
        break;
      case 'whole':
        this.#arrives(part.parcel, event.delivery);
        break;
      case 'header':
        part.parcel.header = event.delivery;
        this.#pushes.announced(part.parcel);
        break;
      case 'chunk':
        part.parcel.movedBytes += part.body.chunk.data.length;
        if (part.body.chunk.last) this.#arrives(part.parcel, event.delivery);
        break;
    }
    return event;
  }

  /** The last of a content is on the wire. */
  #arrives(parcel: Parcel, delivery: number): void {
    this.#pushes.sent(parcel);
    this.#inFlight.remember({ kind: 'parcel', delivery, parcel });
    if (parcel.request !== null) this.#lanes.answered();
    if (parcel.outdated)
      this.#lanes.doubts.add({ space: parcel.space, item: parcel.item, tellAnyway: false }, Infinity);
    this.#lanes.askAgain(parcel.joined);
    parcel.joined = [];
  }

  #owes(space: SpaceId): boolean {
    return this.#lanes.doubts.has(space) || this.#pushes.owes(space);
  }

  /**
   * Settles a rejected content at once: the device may be asking for it again, long before the acknowledgement of what
   * came earlier. One that is still moving is settled when it has arrived.
   */
  #reject(number: number): readonly Parcel[] {
    for (const { delivery, parcel } of this.#inFlight.parcels()) {
      if ((delivery !== number && parcel.header !== number) || parcel.state === 'over') continue;
      this.#pushes.settled(parcel);
      return [parcel];
    }
    this.#rejected.add(number);
    for (const oldest of this.#rejected)
      if (this.#rejected.size > MAX_REJECTED) this.#rejected.delete(oldest);
    return [];
  }

  /** A content of several events is rejected by the number of its first or of its last one. */
  #isRejected(delivery: number, parcel: Parcel): boolean {
    if (this.#rejected.size === 0) return false;
    const whole = this.#rejected.delete(delivery);
    return this.#rejected.delete(parcel.header) || whole;
  }

  #mustBeSent(delivery: number): void {
    const { last } = this.#inFlight;
    if (delivery <= last) return;
    throw new ForesyncError('FIELD_INVALID', `ack names delivery ${delivery}, the last one is ${last}`, {
      field: 'ack.delivery',
      facts: { limit: String(last) },
    });
  }
}

const isAlive = (part: Composed): boolean => !('parcel' in part) || part.parcel.state !== 'over';

/** Whether the content that makes an invalidation needless is in the same frame, whole. */
function comesAlong(body: ServerEventBody, composed: readonly Composed[]): boolean {
  return (
    body.kind === 'invalidation' &&
    composed.some(
      (part) =>
        part.carries === 'whole' &&
        isAlive(part) &&
        part.parcel.space === body.space &&
        part.parcel.item === body.item &&
        part.parcel.dataHash === body.dataHash,
    )
  );
}
