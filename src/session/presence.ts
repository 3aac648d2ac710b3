import { ForesyncError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import type { DeviceId, Pseudonym, SessionId, SpaceId } from '../domain/ids.js';
import type { Hello, PushBudget, ServerEventBody, SessionEnd } from '../domain/session-port.js';
import { Allowance } from '../outbox/allowance.js';
import { Outbox } from '../outbox/outbox.js';
import { Bell } from '../util/bell.js';
import type { DeviceLink } from './device/device-link.js';
import { FollowedSpace } from './device/followed-space.js';
import type { Judgement } from './hello.js';
import { Ledger } from './device/ledger.js';
import { Positions } from './device/positions.js';
import type { SessionDeps } from './session-deps.js';
import type { Lease } from './space/spaces.js';
import type { Tally } from './device/tally.js';
import { newTally } from './device/tally.js';
import type { SessionState } from './transitions.js';
import { END_STEPS, SESSION_TABLE, together } from './transitions.js';

/** Echoes that wait for a session to catch up: a device that beats has no more open than a few. */
const MAX_AFTER_CATCH_UP = 1024;

/**
 * One device being connected: its state, the spaces it follows, what waits for it, and how it ends. Its memory while
 * nothing happens: a few KiB, and what it holds.
 */
export class Presence implements DeviceLink {
  readonly id: SessionId;
  readonly user: Pseudonym;
  readonly device: DeviceId;
  readonly era: number;
  readonly expiresMs: number;
  readonly hello: Hello;
  readonly outbox: Outbox;
  readonly allowance = new Allowance();
  readonly tally: Tally = newTally();
  readonly positions: Positions;
  readonly followed = new Map<SpaceId, FollowedSpace>();
  /** Rings whenever the session may have become idle, or have ended. */
  readonly settled = new Bell();
  /** Resolves when the session is closed and what it learned is written, or has been tried to. */
  readonly closed: Promise<void>;
  readonly #deps: SessionDeps;
  readonly #startedMs: number;
  readonly #afterCatchUp: ServerEventBody[] = [];
  #leases: readonly Lease[] = [];
  #budget: PushBudget;
  #state: SessionState = 'opening';
  #why: SessionEnd | null = null;
  #deaf = false;
  #begun = false;
  #resolveClosed: () => void = () => undefined;

  constructor(
    id: SessionId,
    { era, ...identity }: Identity & { readonly device: DeviceId; readonly era: number },
    hello: Hello,
    deps: SessionDeps,
  ) {
    this.id = id;
    this.user = identity.user;
    this.device = identity.device;
    this.era = era;
    this.expiresMs = identity.expiresMs;
    this.hello = hello;
    this.#deps = deps;
    this.#startedMs = deps.timer.now();
    this.#budget = hello.budget;
    this.allowance.cap(hello.budget.bytesPerHour, deps.clock.now());
    this.outbox = new Outbox(deps.settings.outbox, hello.budget, (space, item, bytes) =>
      this.followed.get(space)?.unsent(item, bytes),
    );
    this.positions = new Positions(this, deps.tokens, deps.clock);
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
  }

  get state(): SessionState {
    return this.#state;
  }

  get open(): boolean {
    return this.#state !== 'draining' && this.#state !== 'closed';
  }

  /** Whether nothing of what the device says counts any more: another session of it speaks. */
  get deaf(): boolean {
    return this.#deaf;
  }

  /** Why it ends, as soon as it does: the first reason counts. */
  get why(): SessionEnd | null {
    return this.#why;
  }

  get budget(): PushBudget {
    return this.#budget;
  }

  set budget(budget: PushBudget) {
    this.#budget = budget;
    this.allowance.cap(budget.bytesPerHour, this.#deps.clock.now());
    this.outbox.limit(budget);
  }

  /** Live everywhere, everything told, and all of it acknowledged; or over. */
  get idle(): boolean {
    return !this.open || (this.#state === 'live' && this.outbox.idle);
  }

  /** Whether there are positions to be told that were not claimed yet. */
  get positionsStale(): boolean {
    return !this.outbox.positionInFlight && this.positions.stale(this.followed.values());
  }

  /** Whether so much was learned that it should be written at once. */
  get muchToWrite(): boolean {
    for (const { ledger } of this.followed.values()) if (ledger.full) return true;
    return false;
  }

  /** Follows its spaces as Hello was judged. From here on others plan for the device. */
  begin(leases: readonly Lease[], judgements: readonly Judgement[]): void {
    this.#leases = leases;
    for (const [index, { live }] of leases.entries()) {
      const judgement = judgements[index];
      if (judgement === undefined) continue;
      const ledger = new Ledger(this.#deps.store.users, this.user, this.device, live.space, this.era);
      const followed = new FollowedSpace(live, ledger, this);
      this.followed.set(live.space, followed);
      followed.begin(judgement);
      if (judgement.told.length > 0) this.positions.known(followed);
      live.members.add(followed);
    }
    this.#begun = true;
    this.moved();
  }

  moved(): void {
    if (!this.#begun) return;
    const before = this.#state;
    const step = together([...this.followed.values()].map(({ state }) => state));
    this.#state = SESSION_TABLE[this.#state][step];
    if (!this.open) return;
    for (const followed of this.followed.values())
      if (followed.state === 'catching-up') this.#deps.catchUp.add(followed);
    if (before !== 'live' && this.#state === 'live') this.outbox.claimPositions();
    this.#sayCaughtUp();
    this.settled.ring();
  }

  /** Says it when nothing is being caught up with, after what that brought about. Beyond the bound the oldest is not said. */
  whenCaughtUp(body: ServerEventBody): void {
    this.#afterCatchUp.push(body);
    if (this.#afterCatchUp.length > MAX_AFTER_CATCH_UP) this.#afterCatchUp.shift();
    this.#sayCaughtUp();
  }

  /** The session cannot go on: its stream ends with the error. */
  fail(error: ForesyncError): void {
    this.end({ kind: 'broken', error });
  }

  end(why: SessionEnd): void {
    if (this.#state === 'closed') return;
    this.#why ??= why;
    if (this.open) this.#leave();
    const next = SESSION_TABLE[this.#state][END_STEPS[why.kind]];
    this.#state = next;
    if (next === 'closed') void this.#close();
    this.settled.ring();
  }

  /** Ends it because the device opened another session, which finds in the store all that this one learned. */
  async handOver(): Promise<void> {
    this.#deaf = true;
    this.end({ kind: 'taken-over' });
    await this.write();
  }

  /** The goodbye is said, or nobody hears it. */
  gone(): void {
    this.end({ kind: 'left' });
  }

  /** A frame was taken: whoever had no room may go on. */
  drained(): void {
    if (this.open && this.outbox.roomy)
      for (const followed of this.followed.values())
        if (followed.state === 'catching-up') this.#deps.catchUp.add(followed);
    this.settled.ring();
  }

  /** Writes what the session learned. What fails is reported and waits. */
  async write(): Promise<void> {
    await Promise.all([...this.followed.values()].map((followed) => this.#write(followed)));
  }

  #sayCaughtUp(): void {
    for (const { state } of this.followed.values()) if (state === 'catching-up') return;
    for (const body of this.#afterCatchUp.splice(0)) this.outbox.sayAfter(body);
  }

  /** Nobody plans for the device any more, and nothing waits for it but a goodbye. */
  #leave(): void {
    this.outbox.close();
    for (const followed of this.followed.values()) {
      this.#deps.catchUp.remove(followed);
      followed.live.members.delete(followed);
    }
  }

  async #close(): Promise<void> {
    for (const followed of this.followed.values()) followed.leave();
    for (const lease of this.#leases) lease.release();
    if (!this.#deaf && this.#why?.kind !== 'forgotten') await this.write();
    this.#deps.observer.closed(this.id, {
      reason: this.#why?.kind ?? 'left',
      lastedMs: this.#deps.timer.now() - this.#startedMs,
      ...this.tally,
    });
    this.#resolveClosed();
  }

  async #write({ ledger, live }: FollowedSpace): Promise<void> {
    try {
      if (ledger.dirty) await ledger.write();
    } catch (thrown) {
      const error = ForesyncError.from(thrown);
      if (error.code === 'FORGOTTEN') this.end({ kind: 'forgotten' });
      else this.#deps.observer.fault('write-behind', error, live.space);
    }
  }
}
