import { setImmediate as endOfTick } from 'node:timers/promises';
import type { ItemId, SessionId } from '../../src/domain/ids.js';
import type { ExplainedPush } from '../../src/domain/plan.js';
import type { ClientEvent, OpenSession, ServerEvent } from '../../src/domain/session-port.js';
import type { Composed, Drawn } from '../../src/outbox/drawn.js';
import { frames } from '../../src/outbox/frames.js';
import { OUTBOX_LIMITS } from '../../src/outbox/limits.js';
import { Outbox } from '../../src/outbox/outbox.js';
import { MAX_PLANNED } from './server-foresync.js';
import type { Content } from './workload.js';
import { MODIFIED_MS, SPACE } from './workload.js';

const NO_CAPS = { bytesPerHour: 0, maxInFlight: 0, maxInFlightBytes: 0, metadataOnly: false, paused: false };

/** The real outbox and nothing around it: no store is read, no manifest is kept. */
export class OutboxSession implements OpenSession {
  readonly id: SessionId;
  readonly durable = { sequence: 0, durability: null };
  readonly #outbox = new Outbox({ ...OUTBOX_LIMITS, maxPlanned: MAX_PLANNED }, NO_CAPS, () => undefined);
  readonly #contents: ReadonlyMap<ItemId, Content>;
  #over = false;
  /** Pushes that were composed. */
  sent = 0;

  constructor(id: SessionId, contents: ReadonlyMap<ItemId, Content>) {
    this.id = id;
    this.#contents = contents;
    this.#outbox.say({ kind: 'heartbeat', nonce: 0, echo: 0, timeMs: 0, tokenExpiresInMs: 0 });
  }

  get open(): boolean {
    return !this.#over;
  }

  offer(pushes: readonly ExplainedPush[]): void {
    for (const push of pushes) this.#outbox.plan(SPACE, push, () => undefined);
  }

  receive(event: ClientEvent): Promise<void> {
    if (event.kind === 'ack') this.#outbox.acknowledge(event.ack.delivery, event.ack.rejected);
    return Promise.resolve();
  }

  async *frames(): AsyncGenerator<readonly ServerEvent[]> {
    while (!this.#over) {
      if (!this.#outbox.ready) {
        await this.#outbox.whenReady();
        await endOfTick();
      }
      const composed = this.#outbox.draw().map((drawn) => this.#composed(drawn));
      const events = this.#outbox.seal(composed, () => null);
      yield* frames(events, OUTBOX_LIMITS.frameEvents, OUTBOX_LIMITS.frameBytes);
    }
  }

  end(): void {
    this.#over = true;
    this.#outbox.close();
  }

  #composed(drawn: Drawn): Composed {
    if (drawn.kind === 'reply') return { carries: 'nothing', body: drawn.body };
    const { parcel } = drawn.kind === 'planned' ? drawn : unexpected(drawn);
    const { item, dataHash, version, sizeBytes } = parcel;
    const content = this.#contents.get(item);
    if (content === undefined) throw new Error(`the bench has no content ${item}`);
    this.sent++;
    const checkpoint = {
      space: SPACE,
      item,
      timestampMs: MODIFIED_MS,
      userContext: '',
      dataHash,
      dependencyHashes: [],
      predictionScore: parcel.bundle?.score ?? 0,
      version,
      sizeBytes,
      edges: [],
    };
    const push = {
      checkpoint,
      body: { kind: 'inline', bytes: content.bytes, base: null },
      reasons: [],
    } as const;
    return { carries: 'whole', body: { kind: 'push', push }, parcel };
  }
}

function unexpected(drawn: Drawn): never {
  throw new Error(`nothing of the kind ${drawn.kind} was put into the outbox`);
}
