import type { OnHolding } from '../buffer.js';
import type { Foresync } from '../client.js';
import type { ContentReads } from '../content-reads.js';
import { deferred } from '../deferred.js';
import { fieldInvalid, ForesyncClientError } from '../errors.js';
import { EventBus } from '../event-bus.js';
import type { ForesyncEvent } from '../events.js';
import type { Settings } from '../options.js';
import { within } from '../within.js';
import { Calls } from './calls.js';
import { Leader } from './leader.js';
import type { Held, Picture, TabCall, TabMessage } from './messages.js';
import { Mirror } from './mirror.js';
import { errorOf } from './wire-error.js';

/** What a tab stands on. */
export interface TabGround {
  /** Of this tab, unlike any other's. */
  readonly id: string;
  readonly settings: Settings;
  /** To all other tabs of the device. */
  readonly post: (message: TabMessage) => void;
  readonly hear: (listener: (message: TabMessage) => void) => void;
  /** Runs `lead` while no other tab of the device does; waits for its turn, or rejects when the signal fires. */
  readonly turn: (lead: () => Promise<void>, signal: AbortSignal) => Promise<void>;
  /** Opens stream and buffer of the device. Resolves at once, and connects by itself. */
  readonly start: (onHolding: OnHolding) => Promise<Foresync>;
  readonly reads: ContentReads;
  readonly release: () => void;
}

/** How long a tab that closes waits for what it asked for, ms. */
const PARTING_MS = 2_000;

/** A tab among those of its device: it leads, or knows who does. When the one that leads goes, the next one in turn takes over. */
export class TabMember {
  readonly events = new EventBus();
  readonly #ground: TabGround;
  readonly #mirror = new Mirror();
  readonly #calls: Calls;
  readonly #leader: Leader;
  readonly #leaving = new AbortController();
  readonly #left = deferred<undefined>();
  readonly #turn: Promise<void>;
  #leads = false;
  #failure: ForesyncClientError | undefined;

  constructor(ground: TabGround) {
    const { id, settings, post } = ground;
    this.#ground = ground;
    this.#calls = new Calls((call, what) => this.#ask(call, what));
    const onEvent = (event: ForesyncEvent): void => {
      this.events.publish(event);
      this.#mirror.change();
    };
    this.#leader = new Leader({ id, spaces: settings.spaces, post, onEvent });
    ground.hear((message) => this.#hear(message));
    post({ kind: 'join' });
    const turn = ground.turn(() => this.#lead(), this.#leaving.signal);
    this.#turn = turn.catch((thrown: unknown) => {
      if (!this.#leaving.signal.aborted) this.#fail(ForesyncClientError.from(thrown));
    });
  }

  /** Whether this tab has the stream and the buffer. */
  get leads(): boolean {
    return this.#leads;
  }

  /** How the device stands; undefined until it is known. */
  get picture(): Picture | undefined {
    return this.#leads ? this.#leader.picture : this.#mirror.picture;
  }

  held(space: string, item: string): Held | undefined {
    return this.#leads ? this.#leader.held(space, item) : this.#mirror.held(space, item);
  }

  /** Resolves when the device is connected, or at once if it starts off line. Rejects with what keeps it from it. */
  async ready(): Promise<void> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const { picture } = this;
      if (picture !== undefined) {
        if (this.#ground.settings.startOffline || picture.state === 'live') return;
        if (picture.error !== null) throw errorOf(picture.error);
      }
      await this.#mirror.changed;
    }
  }

  /** Has the one who leads do it. */
  make(call: TabCall): Promise<unknown> {
    return this.#calls.make(call, this.#leads ? this.#ground.id : (this.#mirror.leader ?? null));
  }

  /** Leaves; whoever waits for an answer longer than a moment gets the error. */
  async close(error: ForesyncClientError): Promise<void> {
    await within(this.#calls.settled(), { timeoutMs: PARTING_MS }).catch(() => undefined);
    this.#calls.close(error);
    this.#left.resolve(undefined);
    this.#leaving.abort();
    await this.#turn;
    this.events.close();
    this.#fail(error);
    this.#ground.release();
  }

  /** Its turn lasts until it closes, or dies. */
  async #lead(): Promise<void> {
    const client = await this.#ground.start(this.#leader.onHolding);
    if (!this.#leaving.signal.aborted) {
      this.#leads = true;
      this.#leader.lead(client);
      this.#calls.moveTo(this.#ground.id);
      this.#mirror.change();
      await this.#left.promise;
      this.#leads = false;
    }
    await client.close();
  }

  #hear(message: TabMessage): void {
    switch (message.kind) {
      case 'join':
        if (this.#leads) this.#leader.announce();
        break;
      case 'leads':
        this.#follow(message);
        break;
      case 'call':
        if (this.#leads && message.leader === this.#ground.id) void this.#serve(message);
        break;
      case 'answer':
        if (message.to === this.#ground.id) this.#calls.answered(message.id, message.outcome);
        break;
      case 'event':
        this.#told(message);
        break;
      case 'held':
        this.#mirror.holding(message);
        break;
      case 'picture':
        this.#mirror.pictured(message.picture);
        break;
    }
  }

  #follow(message: Extract<TabMessage, { kind: 'leads' }>): void {
    if (message.spaces.join('\n') !== this.#ground.settings.spaces.join('\n'))
      this.#fail(fieldInvalid('spaces', 'differs from what another tab of this device follows'));
    this.#mirror.leads(message);
    this.#calls.moveTo(message.leader);
  }

  async #serve({ from, id, call }: Extract<TabMessage, { kind: 'call' }>): Promise<void> {
    const outcome = await this.#leader.perform(call);
    // What fails because this tab goes is asked of the next one.
    if (this.#leads || outcome.ok) this.#ground.post({ kind: 'answer', to: from, id, outcome });
  }

  #told({ event, error }: Extract<TabMessage, { kind: 'event' }>): void {
    // The leader took the error out of the event; here it is put back.
    this.events.publish(error === null ? event : ({ ...event, error: errorOf(error) } as ForesyncEvent));
  }

  #ask(id: number, call: TabCall): void {
    const { id: from, post } = this.#ground;
    const { leader } = this.#mirror;
    if (this.#leads) void this.#leader.perform(call).then((outcome) => this.#calls.answered(id, outcome));
    else if (leader !== undefined) post({ kind: 'call', leader, from, id, call });
  }

  #fail(error: ForesyncClientError): void {
    this.#failure ??= error;
    this.#mirror.change();
  }
}
