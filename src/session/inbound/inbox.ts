import type { ActivityBatch } from '../../domain/activity.js';
import { ForesyncError } from '../../domain/errors.js';
import type { SpaceId } from '../../domain/ids.js';
import type { ClientEvent, ContentRequest, DurableActivities } from '../../domain/session-port.js';
import type { FollowedSpace } from '../device/followed-space.js';
import type { Manifests } from './manifests.js';
import type { Presence } from '../presence.js';
import { receiveAck } from './receive-ack.js';
import { receiveActivities } from './receive-activities.js';
import { errorAnswer, isRefusable, refusal } from './refusal.js';
import type { SessionDeps } from '../session-deps.js';
import { EVENT_TABLE } from '../transitions.js';
import { heartbeat } from '../vitals.js';

/**
 * What a device says, handled one event after the other. An event that cannot be accepted is refused and the session goes
 * on; what fails for another reason ends it. The next event may come when this one is handled and there is room for
 * what it brings about.
 */
export class Inbox {
  readonly #presence: Presence;
  readonly #manifests: Manifests;
  readonly #deps: Pick<SessionDeps, 'store' | 'clock'>;
  #turn: Promise<void> = Promise.resolve();
  #handling = 0;
  #durable: DurableActivities;
  #received: number;

  /** `sequence` is the last batch that an earlier session made durable. */
  constructor(
    presence: Presence,
    manifests: Manifests,
    sequence: number,
    deps: Pick<SessionDeps, 'store' | 'clock'>,
  ) {
    this.#presence = presence;
    this.#manifests = manifests;
    this.#durable = { sequence, durability: null };
    this.#received = sequence;
    this.#deps = deps;
  }

  get durable(): DurableActivities {
    return this.#durable;
  }

  /** The highest batch that came, here or before, whatever became of it. */
  get received(): number {
    return this.#received;
  }

  get idle(): boolean {
    return this.#handling === 0;
  }

  /** Throws what ends the session. */
  async take(event: ClientEvent): Promise<void> {
    this.#handling++;
    const turn = this.#turn.then(() => this.#handle(event));
    // Whoever handed the event in hears of its failure; those after it come to be ignored.
    this.#turn = turn.catch(() => undefined);
    try {
      await turn;
      await this.#presence.outbox.whenRoom();
    } finally {
      this.#handling--;
      this.#presence.settled.ring();
    }
  }

  async #handle(event: ClientEvent): Promise<void> {
    const treatment = this.#presence.deaf ? 'ignore' : EVENT_TABLE[this.#presence.state][event.kind];
    if (treatment === 'ignore') return;
    try {
      if (treatment === 'refuse') throw helloAgain();
      await this.#dispatch(event);
    } catch (thrown) {
      const error = ForesyncError.from(thrown);
      if (error.code === 'FORGOTTEN') {
        this.#presence.end({ kind: 'forgotten' });
        return;
      }
      if (!isRefusable(error)) {
        this.#presence.fail(error);
        throw error;
      }
      this.#presence.outbox.say(refusal(sequenceOf(event), error));
    }
  }

  async #dispatch(event: ClientEvent): Promise<void> {
    const { outbox, followed, tally } = this.#presence;
    switch (event.kind) {
      case 'hello':
        throw helloAgain();
      case 'activities':
        return this.#activities(event.batch);
      case 'ack':
        return receiveAck({ spaces: this.#deps.store.spaces, outbox, followed, tally }, event.ack);
      case 'request':
        this.#request(event.request);
        return;
      case 'manifest':
        this.#manifests.take(event.part);
        return;
      case 'heartbeat':
        if (event.nonce > 0) this.#echo(event.nonce);
        return;
      case 'budget':
        this.#presence.budget = event.budget;
        return;
      case 'refused':
        if (event.requestId > 0) outbox.say(errorAnswer(event.requestId, event.error));
        else outbox.say(refusal(event.activitySequence, event.error));
    }
  }

  /** Context → predictor → planner → outboxes; then the batch is durable, and said to be. */
  async #activities(batch: ActivityBatch): Promise<void> {
    const { outbox, hello, tally } = this.#presence;
    const home = this.#followed('activities.space', batch.space);
    this.#received = Math.max(this.#received, batch.sequence);
    const applied = await receiveActivities(this.#deps.store.spaces, home, batch, hello.locationPermitted);
    tally.batches++;
    const sequence = Math.max(this.#durable.sequence, batch.sequence);
    this.#durable = { sequence, durability: applied.durability };
    outbox.confirm(batch.sequence, applied.durability);
  }

  /** The outbox answers it before everything that nobody asked for. */
  #request(request: ContentRequest): void {
    const { outbox, followed, tally } = this.#presence;
    const home = followed.get(request.space);
    tally.requests++;
    if (home !== undefined) outbox.ask({ ...request, heldThen: home.ledger.held.get(request.item) });
    else outbox.say(errorAnswer(request.requestId, notFollowed('request.space', request.space)));
  }

  /** Everything that came before is handled, and what it brought about is told, or planned. */
  #echo(nonce: number): void {
    const nowMs = this.#deps.clock.now();
    this.#presence.whenCaughtUp(heartbeat(this.#presence, nowMs, { nonce: 0, echo: nonce }));
  }

  #followed(field: string, space: SpaceId): FollowedSpace {
    const home = this.#presence.followed.get(space);
    if (home === undefined) throw notFollowed(field, space);
    return home;
  }
}

const sequenceOf = (event: ClientEvent): number => (event.kind === 'activities' ? event.batch.sequence : 0);

function helloAgain(): ForesyncError {
  return new ForesyncError('HELLO_EXPECTED', 'hello came again: it opens a session, and only once');
}

function notFollowed(field: string, space: SpaceId): ForesyncError {
  const text = `${field} is not among the spaces that this session follows`;
  return new ForesyncError('SPACE_FORBIDDEN', text, { field, facts: { space } });
}
