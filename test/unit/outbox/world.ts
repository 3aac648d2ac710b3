import assert from 'node:assert/strict';
import type { DataHash, ItemId } from '../../../src/domain/ids.js';
import { itemId } from '../../../src/domain/ids.js';
import type { PlannedItem } from '../../../src/domain/plan.js';
import type { Push, PushBody } from '../../../src/domain/session-port.js';
import type { Composed, Drawn } from '../../../src/outbox/drawn.js';
import { Outbox } from '../../../src/outbox/outbox.js';
import { Parcel } from '../../../src/outbox/parcel.js';
import { DeviceModel } from './device-model.js';
import { content, limits, NO_BUDGET, push, request, space } from './fixture.js';

export const CHUNK = 16;
export const MAX_IN_FLIGHT = 3;
export const MAX_BYTES = 60;

/** Sizes of the items, by their names: some fit into a chunk, one is larger than what may be in flight. */
export const SIZES: Readonly<Record<string, number>> = { a: 5, b: 10, c: 16, d: 40, e: 70 };

const BOUNDS = {
  maxInFlight: MAX_IN_FLIGHT,
  maxInFlightBytes: MAX_BYTES,
  maxPlanned: 6,
  chunkBytes: CHUNK,
  frameBytes: 4096,
  frameEvents: 8,
};

/** An outbox between heads that change and a device that checks, at every event, what an outbox promises. */
export class World {
  readonly outbox: Outbox;
  readonly device = new DeviceModel();
  planned = 0;
  unsent = 0;
  readonly #heads = new Map<ItemId, PlannedItem>();
  #requests = 0;

  constructor() {
    this.outbox = new Outbox(limits(BOUNDS), NO_BUDGET, (_space, _item, bytes) => {
      this.unsent += bytes;
    });
    for (const name of Object.keys(SIZES)) this.change(name);
  }

  /** The item gets new content. */
  change(name: string): void {
    const item = itemId(name);
    const head = content(name, (this.#heads.get(item)?.version ?? 0) + 1, SIZES[name]);
    this.#heads.set(item, head);
    const willHoldOld = this.outbox.superseded(space, head);
    const held = this.device.stored(item);
    if (willHoldOld || (held !== undefined && held !== head.dataHash))
      this.outbox.doubt({ space, item, tellAnyway: false });
  }

  plan(names: readonly string[]): void {
    const contents = [...new Set(names)].map((name) => this.#head(itemId(name)));
    this.planned += contents.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    this.outbox.plan(space, push(contents), (item) => this.#holds(item));
  }

  ask(name: string): void {
    this.#requests++;
    this.device.asks(this.#requests);
    this.outbox.ask(request(name, this.#requests));
  }

  /** One frame; `meanwhile` runs while it is composed. `lost`: the content of the next chunk is gone. */
  frame(meanwhile: () => void = () => undefined, lost = false): void {
    const drawn = this.outbox.draw();
    this.#checkOrder(drawn);
    const composed = drawn.flatMap((entry) => this.#compose(entry, lost) ?? []);
    meanwhile();
    const claim = { owed: true };
    const events = this.outbox.seal(composed, (owes) => {
      claim.owed = owes(space);
      return null;
    });
    for (const event of events) this.device.receives(event);
    this.device.checkInFlight(MAX_IN_FLIGHT, MAX_BYTES);
    // Positions may be claimed only if the device knows of everything that changed.
    if (!claim.owed) this.device.mustKnow((item) => this.#head(item).dataHash);
  }

  /** The device acknowledges a share of what it received, and rejects the first content of it if told so. */
  acknowledge(share: number, reject = false): void {
    const ack = this.device.acknowledge(share, reject);
    if (ack === null) return;
    const settled = this.outbox.acknowledge(ack.delivery, ack.rejected);
    for (const parcel of settled.stored) this.device.stores(parcel.item, parcel.dataHash);
    for (const parcel of settled.rejected) {
      this.device.forgets(parcel.item);
      this.outbox.verify(space, parcel.item);
    }
  }

  /** Reads and acknowledges until nothing is left. */
  drain(): void {
    for (let round = 0; !this.outbox.idle; round++) {
      assert.ok(round < 1000, 'an outbox that is read and acknowledged becomes idle');
      this.frame();
      this.acknowledge(1);
    }
  }

  #head(item: ItemId): PlannedItem {
    const head = this.#heads.get(item);
    assert.ok(head);
    return head;
  }

  #holds(item: ItemId): DataHash | undefined {
    return this.outbox.onItsWay(space, item)?.dataHash ?? this.device.stored(item);
  }

  #checkOrder(drawn: readonly Drawn[]): void {
    const unasked = drawn.filter(({ kind }) => kind === 'planned' || kind === 'metadata');
    assert.ok(!this.device.waits || unasked.length === 0, 'nothing unasked goes while somebody waits');
    const chunk = drawn.findIndex(({ kind }) => kind === 'chunk');
    assert.ok(chunk < 0 || chunk === drawn.length - 1, 'a chunk is the last of its frame');
  }

  #compose(entry: Drawn, lost: boolean): Composed | null {
    switch (entry.kind) {
      case 'reply':
        return { carries: 'nothing', body: entry.body };
      case 'metadata':
        return null;
      case 'doubt':
        return this.#truth(entry.doubt.item, entry.doubt.tellAnyway);
      case 'asked':
        return this.#answer(entry.request.item, entry.request.requestId, entry.request);
      case 'planned':
        return this.#planned(entry.parcel);
      case 'chunk':
        return this.#chunk(entry.parcel, lost);
    }
  }

  #truth(item: ItemId, tellAnyway: boolean): Composed | null {
    const { dataHash, version } = this.#head(item);
    const underWay = this.outbox.onItsWay(space, item);
    if (underWay?.state === 'moving' && underWay.dataHash !== dataHash) underWay.outdated = true;
    const held = this.outbox.arriving(space, item)?.dataHash ?? this.device.stored(item);
    if (!tellAnyway && (held === undefined || held === dataHash)) return null;
    return { carries: 'nothing', body: { kind: 'invalidation', space, item, version, dataHash } };
  }

  #answer(item: ItemId, requestId: number, asked: Parcel['joined'][number]): Composed | null {
    const head = this.#head(item);
    const arriving = this.outbox.onItsWay(space, item);
    const same = arriving?.dataHash === head.dataHash;
    if (arriving?.state === 'moving' && !same && !arriving.awaited) this.outbox.drop(arriving);
    if (arriving?.state === 'composing') this.outbox.askAgain(asked);
    else if (arriving?.state === 'moving') arriving.joined = [...arriving.joined, asked];
    else if ((same && arriving.state === 'sent') || this.device.stored(item) === head.dataHash) {
      const answer = { kind: 'not-modified', checkpoint: pushOf(head, METADATA).checkpoint } as const;
      return { carries: 'answer', body: { kind: 'answer', requestId, answer } };
    } else {
      const parcel = new Parcel(space, head, asked);
      this.outbox.send(parcel);
      this.outbox.verify(space, item);
      const { carries, body } = this.#content(parcel);
      const answer = { kind: 'found', push: pushOf(parcel, body) } as const;
      return { carries, body: { kind: 'answer', requestId, answer }, parcel };
    }
    return null;
  }

  #planned(parcel: Parcel): Composed | null {
    if (parcel.state === 'over') return null;
    if (this.#head(parcel.item).dataHash !== parcel.dataHash) {
      this.outbox.drop(parcel);
      return null;
    }
    const { carries, body } = this.#content(parcel);
    return { carries, body: { kind: 'push', push: pushOf(parcel, body) }, parcel };
  }

  #content(parcel: Parcel): { readonly carries: 'whole' | 'header'; readonly body: PushBody } {
    const encodedBytes = parcel.sizeBytes;
    if (encodedBytes <= CHUNK)
      return { carries: 'whole', body: { kind: 'inline', bytes: new Uint8Array(encodedBytes), base: null } };
    parcel.transfer = this.outbox.nextTransfer();
    return {
      carries: 'header',
      body: { kind: 'chunked', transfer: parcel.transfer, encodedBytes, base: null },
    };
  }

  #chunk(parcel: Parcel, lost: boolean): Composed | null {
    if (lost) {
      this.outbox.drop(parcel);
      return null;
    }
    const { transfer, movedBytes: offset } = parcel;
    const data = new Uint8Array(Math.min(CHUNK, parcel.sizeBytes - offset));
    const last = offset + data.length === parcel.sizeBytes;
    return {
      carries: 'chunk',
      body: { kind: 'chunk', chunk: { transfer, offset, data, last, cancelled: false } },
      parcel,
    };
  }
}

const METADATA: PushBody = { kind: 'metadata' };

function pushOf({ item, dataHash, version, sizeBytes }: PlannedItem, body: PushBody): Push {
  const rest = { timestampMs: 0, userContext: '', dependencyHashes: [], predictionScore: 0, edges: [] };
  return { checkpoint: { space, item, dataHash, version, sizeBytes, ...rest }, body, reasons: [] };
}
