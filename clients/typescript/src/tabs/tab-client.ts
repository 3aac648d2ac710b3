import type { Activity } from '../activity.js';
import { anonymise } from '../anonymise.js';
import type { Foresync } from '../client.js';
import type { ConnectionState } from '../connection-state.js';
import type { ListOptions } from '../content-reads.js';
import type { WriteOptions, Written } from '../content-verbs.js';
import { noCounts } from '../device.js';
import { fieldInvalid, ForesyncClientError } from '../errors.js';
import type { ForesyncEvent } from '../events.js';
import { checkedId } from '../ids.js';
import type { Opened } from '../opener.js';
import { OPEN_TIMEOUT_MS } from '../opener.js';
import type { PushBudget } from '../options.js';
import { wireBudget } from '../options.js';
import type { Likely, RankOptions } from '../ranking.js';
import { checkedMost } from '../ranking.js';
import type { Patience } from '../within.js';
import { within } from '../within.js';
import type { TabCall } from './messages.js';
import type { TabGround } from './tab-member.js';
import { TabMember } from './tab-member.js';

/** What a device does, wherever it runs: see Foresync. */
export type ForesyncClient = Pick<Foresync, keyof Foresync>;

/** The device in one of its tabs: one of them has stream and buffer, and does what the others ask for. */
export class TabClient implements ForesyncClient {
  readonly #ground: TabGround;
  readonly #member: TabMember;
  #closing: Promise<void> | undefined;

  constructor(ground: TabGround) {
    this.#ground = ground;
    this.#member = new TabMember(ground);
  }

  /** See TabMember. */
  ready(): Promise<void> {
    return this.#member.ready();
  }

  report(activity: Activity): void {
    this.#mustBeOpen();
    const { spaces, locationPermitted, now } = this.#ground.settings;
    // For what it throws: here is the caller to hear of it.
    anonymise(activity, { spaces, locationPermitted, nowMs: now() });
    this.#member.make({ verb: 'report', activity }).catch(() => {
      this.#member.events.publish({ kind: 'lost', activities: 1 });
    });
  }

  async flush(patience: Patience = {}): Promise<void> {
    await this.#within({ verb: 'flush', timeoutMs: patience.timeoutMs }, patience);
  }

  async open(space: string, item: string, patience: Patience = {}): Promise<Opened> {
    this.#check(space, item);
    const timeoutMs = patience.timeoutMs ?? OPEN_TIMEOUT_MS;
    const opened = await this.#within({ verb: 'open', space, item, timeoutMs }, { ...patience, timeoutMs });
    // What perform answers to this verb.
    return opened as Opened;
  }

  async write(
    space: string,
    item: string,
    content: Uint8Array,
    options: WriteOptions = {},
  ): Promise<Written> {
    this.#check(space, item);
    const { signal: _signal, ...rest } = options;
    const written = await this.#within({ verb: 'write', space, item, content, options: rest }, options);
    // What perform answers to this verb.
    return written as Written;
  }

  async remove(
    space: string,
    item: string,
    options: Pick<WriteOptions, 'ifMatch' | keyof Patience> = {},
  ): Promise<void> {
    this.#check(space, item);
    const { signal: _signal, ...rest } = options;
    await this.#within({ verb: 'remove', space, item, options: rest }, options);
  }

  list(space: string, options: ListOptions = {}): ReturnType<Foresync['list']> {
    this.#mustBeOpen();
    return this.#ground.reads.list(checkedId('space', space), options);
  }

  async get(space: string, item: string, patience: Patience = {}): ReturnType<Foresync['get']> {
    this.#check(space, item);
    return this.#ground.reads.get(space, item, patience);
  }

  held(space: string, item: string): ReturnType<Foresync['held']> {
    this.#mustBeOpen();
    return this.#member.held(space, item);
  }

  async rank(space: string, options: RankOptions = {}): Promise<readonly Likely[]> {
    this.#check(space);
    const most = checkedMost(options);
    const likely = await this.#within({ verb: 'rank', space, options: { most } }, {});
    // What perform answers to this verb.
    return likely as readonly Likely[];
  }

  setBudget(budget: PushBudget): void {
    this.#mustBeOpen();
    wireBudget(budget);
    // Whoever leads next goes by its own budget.
    this.#member.make({ verb: 'budget', budget }).catch(() => undefined);
  }

  events(signal?: AbortSignal): AsyncIterable<ForesyncEvent> {
    return this.#member.events.listen(signal);
  }

  get state(): ConnectionState {
    return this.#closing === undefined ? (this.#member.picture?.state ?? 'connecting') : 'closed';
  }

  get stats(): Foresync['stats'] {
    return this.#member.picture?.stats ?? { ...noCounts(), held: { items: 0, bytes: 0 } };
  }

  close(): Promise<void> {
    this.#closing ??= this.#member.close(CLOSED);
    return this.#closing;
  }

  async #within(call: TabCall, patience: Patience): Promise<unknown> {
    this.#mustBeOpen();
    return within(this.#member.make(call), patience);
  }

  #check(space: string, item?: string): void {
    this.#mustBeOpen();
    checkedId('space', space);
    if (item !== undefined) checkedId('item', item);
    if (!this.#ground.settings.spaces.includes(space))
      throw fieldInvalid('space', 'is not one that the client follows');
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw CLOSED;
  }
}

const CLOSED = new ForesyncClientError('CLOSED', 'the client is closed');
