import type { ConnectionState, ForesyncClient, ForesyncEvent, Opened } from '@foresync/client/browser';
import { connect, webTransport } from '@foresync/client/browser';
import type { Ranking } from '@foresync/client/rank';
import type { DemoFacts } from '../demo-facts.js';
import { tokenOf } from '../demo-facts.js';
import type { OwnForecast } from './own-forecast.js';
import { ownForecast } from './own-forecast.js';
import type { Arrival, PushPoint } from './push-ledger.js';
import { PushLedger } from './push-ledger.js';
import type { SimulatedNetwork } from './simulated-network.js';
import type { Tally } from './tally.js';
import { NO_TALLY, tallied } from './tally.js';
import { wordsOf } from './words-of.js';

/** An open and how it went. */
export interface OpenRecord extends Opened {
  /** The push that had brought it before it was asked for. */
  readonly push: Arrival | undefined;
  readonly isPredicting: boolean;
}

/** How a device stands; a new object after each change. */
export interface DeviceView {
  readonly connection: ConnectionState;
  /** What keeps it from being live, in words. */
  readonly problem: string | null;
  readonly isPredicting: boolean;
  /** What is being opened. */
  readonly opening: string | null;
  /** Newest first. */
  readonly opens: readonly OpenRecord[];
  readonly waiting: readonly Arrival[];
  readonly points: readonly PushPoint[];
  readonly withPrediction: Tally;
  readonly without: Tally;
  readonly heldBytes: number;
  /** Only off line: what the device reckons by itself. */
  readonly forecast: OwnForecast | null;
}

/** Opens that are remembered. */
const MOST_OPENS = 40;

/** One device of the demo: a real client over the simulated network, and what happened on it. */
export class DemoDevice {
  readonly kind: string;
  readonly #facts: DemoFacts;
  readonly #network: SimulatedNetwork;
  readonly #ranking: Ranking;
  #ledger = newLedger();
  readonly #listeners = new Set<() => void>();
  #client: ForesyncClient | undefined;
  /** How often it began. */
  #starts = 0;
  #problem: string | null = null;
  #isPredicting = true;
  #opening: string | null = null;
  #opens: readonly OpenRecord[] = [];
  #tallies = { withPrediction: NO_TALLY, without: NO_TALLY };
  #forecast: OwnForecast | null = null;
  #view: DeviceView;

  constructor(kind: string, facts: DemoFacts, network: SimulatedNetwork, ranking: Ranking) {
    this.kind = kind;
    this.#facts = facts;
    this.#network = network;
    this.#ranking = ranking;
    this.#view = this.#look();
  }

  get view(): DeviceView {
    return this.#view;
  }

  /** Hears of each change of the view until it is called off. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins as a new device that holds nothing and to which nothing was pushed. */
  async start(isPredicting: boolean): Promise<void> {
    const start = ++this.#starts;
    const before = this.#client;
    this.#client = undefined;
    this.#isPredicting = isPredicting;
    this.#problem = null;
    this.#ledger = newLedger();
    this.#forecast = null;
    this.#changed();
    const device = `${this.kind}-${crypto.randomUUID().slice(0, 8)}`;
    const transport = this.#network.over(webTransport({ endpoint: this.#facts.endpoint }));
    const client = await connect({
      transport,
      token: () => tokenOf(device),
      spaces: [this.#facts.space],
      buffer: { kind: 'memory' },
      budget: { paused: !isPredicting },
      startOffline: true,
      ranking: this.#ranking,
      backoff: { initialMs: 200, maxMs: 2000 },
      clientName: 'foresync-web-demo',
    });
    void this.#listen(client).finally(() => transport.close());
    const isLatest = start === this.#starts;
    if (isLatest) this.#client = client;
    this.#changed();
    await Promise.all([before?.close(), isLatest ? undefined : client.close()]);
  }

  /** Every document of the space there is now. */
  async documents(): Promise<readonly string[]> {
    const items: string[] = [];
    for await (const { item } of this.#client?.list(this.#facts.space) ?? []) items.push(item);
    return items;
  }

  /** What the device holds of an item. */
  held(item: string): 'current' | 'old' | 'nothing' {
    const held = this.#client?.held(this.#facts.space, item);
    if (held === undefined) return 'nothing';
    return held.stale ? 'old' : 'current';
  }

  /** The user opens an item, and the server hears of it. The view says what came of it. */
  async open(item: string): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    this.#opening = item;
    this.#problem = null;
    this.#changed();
    try {
      const opened = await client.open(this.#facts.space, item);
      client.report({ type: 'viewed', item });
      this.#opened(item, opened);
    } catch (error) {
      this.#problem = wordsOf(error);
    } finally {
      if (this.#opening === item) this.#opening = null;
      this.#changed();
      await this.#reckon();
    }
  }

  /** While there is no server to ask. */
  async #reckon(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const open = this.#opens[0]?.checkpoint.item;
    const forecast = isOffLine(client) ? await ownForecast(client, this.#facts.space, open) : null;
    if (client !== this.#client) return;
    // It may have come back meanwhile.
    this.#forecast = isOffLine(client) ? forecast : null;
    this.#changed();
  }

  #opened(item: string, opened: Opened): void {
    const push = this.#ledger.opened(item);
    const isPredicting = this.#isPredicting;
    this.#opens = [{ ...opened, push, isPredicting }, ...this.#opens].slice(0, MOST_OPENS);
    const tally = isPredicting ? 'withPrediction' : 'without';
    this.#tallies = { ...this.#tallies, [tally]: tallied(this.#tallies[tally], opened.waitMs) };
  }

  async #listen(client: ForesyncClient): Promise<void> {
    for await (const event of client.events()) {
      if (client !== this.#client) continue;
      this.#heard(event);
      this.#changed();
      if (event.kind === 'connection') void this.#reckon();
    }
  }

  #heard(event: ForesyncEvent): void {
    switch (event.kind) {
      case 'pushed': {
        const { item, sizeBytes: bytes, predictionScore: score } = event.checkpoint;
        const reasons = event.reasons.map(({ text }) => text);
        if (event.content) this.#ledger.pushed({ item, bytes, score, reasons });
        return;
      }
      case 'invalidated':
      case 'evicted':
        this.#ledger.gone(event.item);
        return;
      case 'connection':
        // What is wrong stays so until a connection stands.
        if (event.state === 'live') this.#problem = null;
        else if (event.error !== undefined) this.#problem = wordsOf(event.error);
        return;
      case 'rejected':
        this.#problem = `a content of ${event.item} was rejected: it ${event.problem}`;
        return;
      case 'refused':
      case 'storage':
        this.#problem = wordsOf(event.error);
        return;
      case 'lost':
      case 'overflow':
      case 'durable':
        return;
    }
  }

  #changed(): void {
    this.#view = this.#look();
    for (const listener of this.#listeners) listener();
  }

  #look(): DeviceView {
    return {
      connection: this.#client?.state ?? 'connecting',
      problem: this.#problem,
      isPredicting: this.#isPredicting,
      opening: this.#opening,
      opens: this.#opens,
      waiting: this.#ledger.waiting,
      points: this.#ledger.points,
      ...this.#tallies,
      heldBytes: this.#client?.stats.held.bytes ?? 0,
      forecast: this.#forecast,
    };
  }
}

/** The session is gone, and what is held may be old. */
const isOffLine = ({ state, stats }: ForesyncClient): boolean =>
  (state === 'waiting' || state === 'connecting') && stats.held.items > 0;

const newLedger = (): PushLedger => new PushLedger(() => performance.now());
