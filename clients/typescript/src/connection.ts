import type { Hello, PushBudget, Welcome } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { BackoffRules } from './backoff.js';
import type { ConnectionState, ConnectionStep } from './connection-state.js';
import { CONNECTION_TABLE } from './connection-state.js';
import type { Deferred } from './deferred.js';
import { deferred } from './deferred.js';
import type { Device } from './device.js';
import { wipe } from './device.js';
import { ForesyncClientError } from './errors.js';
import type { ConnectionEvent } from './events.js';
import { Manifest } from './manifest.js';
import { Retry } from './retry.js';
import { Session } from './session.js';
import type { SessionEnd } from './session-end.js';
import { endOfError } from './session-end.js';
import { sleep } from './sleep.js';
import type { TokenSource } from './token-source.js';
import type { Transport } from './transport.js';
import { within } from './within.js';

export interface ConnectionOptions {
  readonly transport: Transport;
  readonly tokens: TokenSource;
  readonly spaces: readonly string[];
  readonly locationPermitted: boolean;
  readonly clientVersion: string;
  readonly backoff: BackoffRules;
  /** How long a session may take to begin, ms. */
  readonly welcomeMs: number;
  readonly now: () => number;
  readonly random: () => number;
}

/** A token is replaced this long before it expires, or at half of what is left if that is later. */
const TOKEN_MARGIN_MS = 60_000;

/** Keeps a session open: dials, waits, dials again, until it is closed or trying again would not help. */
export class Connection {
  readonly #device: Device;
  readonly #options: ConnectionOptions;
  readonly #retry: Retry;
  readonly #closed = new AbortController();
  #state: ConnectionState = 'connecting';
  #budget: PushBudget;
  #session: Session | undefined;
  /** Renewed whenever the state changes: who waits for one looks again. */
  #changed: Deferred<undefined> = deferred();
  #error: ForesyncClientError | undefined;
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #skewMs = 0;
  #chunkBytes: number = PROTOCOL_LIMITS.chunkBytes;
  #lastLiveMs: number | undefined;
  readonly #ended: Promise<void>;

  constructor(device: Device, budget: PushBudget, options: ConnectionOptions) {
    this.#device = device;
    this.#budget = budget;
    this.#options = options;
    this.#retry = new Retry(options.backoff, options.random);
    this.#ended = this.#run();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Why the connection stopped, or why the last one ended. */
  get error(): ForesyncClientError | undefined {
    return this.#error;
  }

  /** How far the server's clock is ahead of this one, ms. */
  get skewMs(): number {
    return this.#skewMs;
  }

  /** Bytes of a chunk that the server takes. */
  get chunkBytes(): number {
    return this.#chunkBytes;
  }

  /** When what is held and not marked stale was last known to be current, ms since the epoch; undefined if never. */
  get lastLiveMs(): number | undefined {
    return this.#state === 'live' ? this.#options.now() : this.#lastLiveMs;
  }

  /** The session that is open, welcomed or not. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Resolves with the session when it is live; with another one than `not`. Rejects when there can never be one. */
  async liveSession(not?: Session): Promise<Session> {
    for (;;) {
      if (this.#state === 'live' && this.#session !== undefined && this.#session !== not)
        return this.#session;
      if (this.#state === 'stopped' || this.#state === 'closed') throw this.#failure();
      await this.#changed.promise;
    }
  }

  setBudget(budget: PushBudget): void {
    this.#budget = budget;
    this.#session?.send({ $case: 'budget', value: budget });
  }

  /** Ends the session in order, and for good. */
  async close(): Promise<void> {
    const error = new ForesyncClientError('CLOSED', 'the client is closed');
    this.#step('close', { error });
    this.#closed.abort();
    await this.#session?.leave(error);
    await this.#ended;
    this.#giveUp(error);
  }

  async #run(): Promise<void> {
    while (this.#state === 'connecting') {
      const end = await this.#dial();
      clearTimeout(this.#expiry);
      if (end.wipe) wipe(this.#device);
      if (this.#isFinal(end)) {
        this.#stop(end.error);
        return;
      }
      if (end.retry === 'with-new-token') this.#options.tokens.renew();
      const waitMs = this.#retry.waitAfter(end);
      this.#step('lost', { error: end.error, retryInMs: waitMs });
      await sleep(waitMs, this.#closed.signal);
      this.#step('dial');
    }
  }

  #stop(error: ForesyncClientError): void {
    this.#step('refused', { error });
    this.#giveUp(error);
  }

  /** Nobody who waits will ever be served. */
  #giveUp(error: ForesyncClientError): void {
    this.#device.opens.close(error);
    this.#device.outbox.giveUp(error);
  }

  async #dial(): Promise<SessionEnd> {
    this.#retry.dialled();
    try {
      const token = await within(this.#options.tokens.get(), { signal: this.#closed.signal });
      // Closed in between: nobody would end the session that begins now.
      this.#closed.signal.throwIfAborted();
      const manifest = this.#takeStock();
      const link = this.#options.transport.openSession(this.#hello(manifest), token);
      const { welcomeMs, now, random } = this.#options;
      this.#session = new Session(
        this.#device,
        manifest,
        link,
        {
          onWelcome: (welcome) => this.#welcomed(welcome),
          onCaughtUp: () => this.#caughtUp(),
          onTokenExpiry: (inMs) => this.#renewTokenBefore(inMs),
        },
        { welcomeMs, now, random },
      );
      return await this.#session.run();
    } catch (thrown) {
      return endOfError(ForesyncClientError.from(thrown));
    } finally {
      this.#session = undefined;
    }
  }

  /** What is held now; what was to be told of it until now is in it. */
  #takeStock(): Manifest {
    const { buffer, acks } = this.#device;
    acks.reset();
    buffer.takeDropped();
    return new Manifest(buffer, this.#options.spaces);
  }

  #hello({ digests }: Manifest): Hello {
    const { spaces, locationPermitted, clientVersion } = this.#options;
    const { resumeToken } = this.#device.buffer;
    return {
      resumeToken,
      spaces: [...spaces],
      digests,
      budget: this.#budget,
      locationPermitted,
      clientVersion,
    };
  }

  #welcomed(welcome: Welcome): void {
    this.#device.counters.sessions++;
    this.#retry.welcomed();
    this.#skewMs = Number(welcome.serverTimeMs) - this.#options.now();
    const chunkBytes = Number(welcome.limits?.chunkBytes ?? 0n);
    if (chunkBytes > 0) this.#chunkBytes = Math.min(chunkBytes, PROTOCOL_LIMITS.chunkBytes);
    this.#step('welcome');
  }

  #caughtUp(): void {
    this.#step('caught-up');
  }

  /** A new stream with a new token takes this one's place while the old token is still good. */
  #renewTokenBefore(inMs: number): void {
    if (!this.#options.tokens.renewable) return;
    clearTimeout(this.#expiry);
    const waitMs = Math.max(inMs - TOKEN_MARGIN_MS, inMs / 2);
    this.#expiry = setTimeout(
      () => {
        void this.#session?.leave(new ForesyncClientError('UNAUTHENTICATED', 'the token is about to expire'));
      },
      Math.min(waitMs, 2 ** 31 - 1),
    );
  }

  #isFinal({ retry }: SessionEnd): boolean {
    if (retry === 'never') return true;
    return retry === 'with-new-token' && !this.#options.tokens.renewable;
  }

  #step(step: ConnectionStep, about: Pick<ConnectionEvent, 'error' | 'retryInMs'> = {}): void {
    const next = CONNECTION_TABLE[this.#state][step];
    if (next === this.#state) return;
    if (this.#state === 'live') this.#lastLiveMs = this.#options.now();
    this.#state = next;
    if (about.error !== undefined) this.#error = about.error;
    this.#device.events.publish({ kind: 'connection', state: next, ...about });
    this.#changed.resolve(undefined);
    this.#changed = deferred();
  }

  #failure(): ForesyncClientError {
    return this.#error ?? new ForesyncClientError('CLOSED', 'the client is closed');
  }
}
