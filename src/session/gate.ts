import { ForesyncError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import type { DeviceId, Pseudonym, SessionId } from '../domain/ids.js';
import type { Hello, SessionGate } from '../domain/session-port.js';
import type { FeedEntry, SpaceMeta } from '../domain/store-port.js';
import { untilAborted } from '../util/abort.js';
import { CatchUp } from './device/catch-up.js';
import { Forgetting } from './forgetting.js';
import type { Judgement } from './hello.js';
import { checkHeld, judge, readableSpaces } from './hello.js';
import { Inbox } from './inbound/inbox.js';
import { Manifests } from './inbound/manifests.js';
import { Presence } from './presence.js';
import { Registry } from './registry.js';
import { type Resumption, ResumeTokens } from './resume-token.js';
import { Session } from './session.js';
import type { SessionDeps } from './session-deps.js';
import type { SessionSettings } from './settings.js';
import type { OpenHeart } from './space/space-heart.js';
import type { LiveSpace } from './space/live-space.js';
import type { Lease } from './space/spaces.js';
import { Spaces } from './space/spaces.js';
import { Strikes } from './inbound/strikes.js';
import { welcome } from './welcome.js';

export interface GateDeps extends Omit<SessionDeps, 'tokens' | 'catchUp'> {
  readonly openHeart: OpenHeart;
  /** Unpredictable, and never the same twice. */
  readonly newSessionId: () => SessionId;
  readonly keys: {
    /** Seal resume tokens: the first seals, all open. At least 32 bytes each; the same on every node. */
    readonly resume: readonly Uint8Array[];
    /** Makes the users' keys of query buckets. The same on every node, for ever. */
    readonly query: Uint8Array;
  };
}

type Device = Identity & { readonly device: DeviceId };

/** Where sessions come in, and where this node's are found, waited for and ended. */
export class Gate implements SessionGate {
  readonly #deps: GateDeps;
  readonly #session: SessionDeps;
  readonly #spaces: Spaces;
  readonly #registry = new Registry();
  readonly #strikes = new Strikes();
  readonly #forgetting: Forgetting;
  readonly #stopTicking: () => void;
  #opening = 0;
  #shuttingDown = false;

  constructor(deps: GateDeps) {
    const { store, settings } = deps;
    const { catchUpWorkers: workers, logPage, comparePage } = settings;
    this.#deps = deps;
    this.#session = {
      ...deps,
      tokens: new ResumeTokens(deps.keys.resume),
      catchUp: new CatchUp({ store, workers, logPage, comparePage }),
    };
    const onForgotten = (mark: string): Promise<void> => this.#forgetting.read(mark);
    const onApplied = ({ user, device, batch }: FeedEntry): void =>
      this.#registry.of({ user, device })?.reported(batch.sequence);
    this.#spaces = new Spaces({ ...deps, onForgotten, onApplied });
    const { observer } = deps;
    this.#forgetting = new Forgetting({ store, registry: this.#registry, spaces: this.#spaces, observer });
    this.#stopTicking = deps.timer.every(tickMs(settings), () => this.#tick());
  }

  /** See SessionGate. A device that holds more than SessionSettings.maxManifestEntries: FIELD_INVALID. */
  async open(identity: Device, hello: Hello): Promise<Session> {
    this.#admit();
    this.#opening++;
    try {
      const token = this.#session.tokens.open(identity, hello.resumeToken);
      checkHeld(hello, this.#deps.settings.maxManifestEntries);
      const metas = await readableSpaces(this.#deps, identity, hello);
      return await this.#registry.alone(identity, () => this.#open(identity, hello, metas, token));
    } finally {
      this.#opening--;
    }
  }

  find(identity: Identity, id: SessionId): Session | undefined {
    const session = this.#registry.find(id);
    const own = session?.presence.user === identity.user && session.presence.device === identity.device;
    return own ? session : undefined;
  }

  /**
   * Does some work with a space, opened for it if it is not open yet. Counts as an opening session while it lasts: throws
   * OVERLOADED, SHUTTING_DOWN.
   */
  async visit<T>({ space, shards }: SpaceMeta, work: (live: LiveSpace) => Promise<T>): Promise<T> {
    this.#mustBeUp();
    const { maxOpening } = this.#deps.settings;
    if (this.#opening >= maxOpening) throw this.#overloaded('opening sessions', maxOpening);
    this.#opening++;
    try {
      const lease = await this.#spaces.lease(space, shards);
      return await work(lease.live).finally(() => lease.release());
    } finally {
      this.#opening--;
    }
  }

  /** Forgets a user, see Forgetting. Throws SHUTTING_DOWN, STORE_UNAVAILABLE. */
  async forget(user: Pseudonym): Promise<number> {
    this.#mustBeUp();
    return this.#forgetting.forget(user);
  }

  /** Sessions that are not closed. */
  get sessions(): number {
    return this.#registry.size;
  }

  /**
   * Resolves when every tail has applied its log, every session is live, and everything queued is sent and acknowledged.
   * Waits as long as a device does; rejects with the signal's reason.
   */
  async idle(signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      await this.#spaces.caughtUp();
      await this.#session.catchUp.idle();
      let busy = this.#busy();
      if (busy === undefined) return;
      // Reading the logs again is worth it when nobody is busy any more.
      for (; busy !== undefined; busy = this.#busy()) await settledOrAborted(busy, signal);
    }
  }

  /** Takes no more sessions, says goodbye to those that are open, and resolves when what they learned is written. */
  async shutDown(): Promise<void> {
    this.#shuttingDown = true;
    const sessions = [...this.#registry.all()];
    for (const session of sessions) session.end({ kind: 'shutdown' });
    await Promise.all(sessions.map((session) => session.presence.closed));
    this.#stopTicking();
    await this.#spaces.close();
  }

  async #open(
    identity: Device,
    hello: Hello,
    metas: readonly SpaceMeta[],
    token: Resumption | null,
  ): Promise<Session> {
    await this.#registry.of(identity)?.presence.handOver();
    const user = await this.#deps.store.users.meet(identity.user);
    const coming = { user, token, nowMs: this.#deps.clock.now() };
    const leases: Lease[] = [];
    try {
      for (const { space, shards } of metas) leases.push(await this.#spaces.lease(space, shards));
      const judgements: Judgement[] = [];
      for (const meta of metas) judgements.push(await judge(this.#deps, identity, hello, meta, coming));
      const sequence = await this.#deps.store.users.sequence(identity.user, identity.device);
      this.#mustBeUp();
      return this.#start({ ...identity, era: user.era }, hello, leases, judgements, sequence);
    } catch (thrown) {
      for (const lease of leases) lease.release();
      throw thrown;
    }
  }

  #start(
    device: Device & { readonly era: number },
    hello: Hello,
    leases: readonly Lease[],
    judgements: readonly Judgement[],
    activitySequence: number,
  ): Session {
    const { sha256, settings, observer, newSessionId, clock, keys } = this.#deps;
    const presence = new Presence(
      newSessionId(),
      device,
      afterVerdicts(hello, leases, judgements),
      this.#session,
    );
    const max = settings.maxManifestEntries;
    const manifests = new Manifests(presence, { sha256, strikes: this.#strikes, max });
    const inbox = new Inbox(presence, manifests, activitySequence, this.#deps);
    const session = new Session(presence, inbox, this.#session);
    const parts = { leases, judgements, activitySequence, nowMs: clock.now(), settings, key: keys.query };
    presence.outbox.say({ kind: 'welcome', welcome: welcome(presence, parts) });
    presence.begin(leases, judgements);
    this.#registry.add(session);
    observer.opened(session.id);
    return session;
  }

  #busy(): Session | undefined {
    for (const session of this.#registry.all()) if (!session.idle) return session;
    return undefined;
  }

  #admit(): void {
    this.#mustBeUp();
    const { maxSessions, maxOpening, maxHeld } = this.#deps.settings;
    if (this.#registry.size + this.#opening >= maxSessions) throw this.#overloaded('sessions', maxSessions);
    if (this.#opening >= maxOpening) throw this.#overloaded('opening sessions', maxOpening);
    if (this.#spaces.held >= maxHeld) throw this.#overloaded('contents held by devices', maxHeld);
  }

  #mustBeUp(): void {
    if (!this.#shuttingDown) return;
    const text = 'the node shuts down: resume on another one';
    throw new ForesyncError('SHUTTING_DOWN', text, { retryAfterMs: this.#retryAfterMs() });
  }

  #overloaded(what: string, limit: number): ForesyncError {
    return new ForesyncError('OVERLOADED', `this node takes no more than ${limit} ${what}`, {
      facts: { limit: String(limit) },
      retryAfterMs: this.#retryAfterMs(),
    });
  }

  #retryAfterMs(): number {
    return Math.floor(this.#deps.settings.retryAfterMs * (0.5 + this.#deps.random()));
  }

  #tick(): void {
    const nowMs = this.#deps.timer.now();
    for (const session of this.#registry.all()) session.tick(nowMs);
  }
}

/** A device that wipes a space holds nothing of it, whatever it said. */
function afterVerdicts(hello: Hello, leases: readonly Lease[], judgements: readonly Judgement[]): Hello {
  const wiped = new Set(
    leases.flatMap(({ live }, index) => (judgements[index]?.verdict === 'wipe' ? [live.space] : [])),
  );
  return { ...hello, digests: new Map([...hello.digests].filter(([space]) => !wiped.has(space))) };
}

/** Often enough for each of the times that depend on it. */
function tickMs({ heartbeatMs, positionIdleMs, writeBehindMs, goodbyeMs }: SessionSettings): number {
  return Math.max(10, Math.min(heartbeatMs / 8, positionIdleMs / 2, writeBehindMs / 2, goodbyeMs / 2));
}

function settledOrAborted(session: Session, signal: AbortSignal | undefined): Promise<void> {
  const settled = session.presence.settled.next();
  return signal === undefined ? settled : untilAborted(settled, signal);
}
