import assert from 'node:assert/strict';
import type { DataHash, ItemId } from '../../../src/domain/ids.js';
import type { Push, ServerEvent } from '../../../src/domain/session-port.js';

interface Transfer {
  readonly item: ItemId;
  readonly dataHash: DataHash;
  readonly sizeBytes: number;
  /** 0 if it was planned. */
  readonly requestId: number;
  received: number;
}

/** What a device makes of what it receives; every method checks what must hold of it. */
export class DeviceModel {
  /** Planned bytes that arrived: whole contents, and chunks, also those of transfers that were cancelled. */
  plannedBytes = 0;
  readonly #stored = new Map<ItemId, DataHash>();
  /** What the device will hold when it has handled everything so far, and whether it knows that this is old. */
  readonly #belief = new Map<ItemId, { dataHash: DataHash | undefined; old: boolean }>();
  readonly #transfers = new Map<number, Transfer>();
  readonly #waiting = new Set<number>();
  /** Planned contents on their way, by the delivery that completes them (or by `t<transfer>` until that is known). */
  readonly #inFlight = new Map<number | string, { item: ItemId; dataHash: DataHash; bytes: number }>();
  readonly #unacknowledged: ServerEvent[] = [];
  #last = 0;

  get waits(): boolean {
    return this.#waiting.size > 0;
  }

  stored(item: ItemId): DataHash | undefined {
    return this.#stored.get(item);
  }

  asks(requestId: number): void {
    this.#waiting.add(requestId);
  }

  stores(item: ItemId, hash: DataHash): void {
    this.#stored.set(item, hash);
  }

  /** It rejected what came of the item: what it knows is what it has stored. */
  forgets(item: ItemId): void {
    this.#belief.set(item, { dataHash: this.#stored.get(item), old: false });
  }

  receives(event: ServerEvent): void {
    assert.equal(event.delivery, ++this.#last, 'deliveries are numbered without a hole');
    this.#unacknowledged.push(event);
    if (event.kind === 'push') this.#receivesPush(event.push, event.delivery, 0);
    else if (event.kind === 'answer') {
      if (event.answer.kind === 'found')
        this.#receivesPush(event.answer.push, event.delivery, event.requestId);
      else assert.ok(this.#waiting.delete(event.requestId), 'an answer is to an open request');
    } else if (event.kind === 'chunk') this.#receivesChunk(event);
    else if (event.kind === 'invalidation') this.#isTold(event.item, event.dataHash);
  }

  acknowledge(share: number, reject: boolean): { delivery: number; rejected: number[] } | null {
    const events = this.#unacknowledged.splice(0, Math.ceil(this.#unacknowledged.length * share));
    const last = events.at(-1);
    if (last === undefined) return null;
    const whole = events.find((event) => event.kind === 'push' && event.push.body.kind === 'inline');
    for (const key of this.#inFlight.keys())
      if (typeof key === 'number' && key <= last.delivery) this.#inFlight.delete(key);
    return { delivery: last.delivery, rejected: reject && whole !== undefined ? [whole.delivery] : [] };
  }

  checkInFlight(max: number, maxBytes: number): void {
    const contents = [...this.#inFlight.values()];
    const bytes = contents.reduce((sum, one) => sum + one.bytes, 0);
    assert.ok(contents.length <= max, `${contents.length} contents in flight`);
    assert.ok(bytes <= maxBytes || contents.length === 1, `${bytes} bytes in flight`);
  }

  /** Whatever the device holds or will hold is current, or known to be old. */
  mustKnow(current: (item: ItemId) => DataHash): void {
    for (const [item, { dataHash, old }] of this.#belief)
      assert.ok(dataHash === undefined || old || dataHash === current(item), `${item} is old in silence`);
  }

  #receivesPush({ checkpoint, body }: Push, delivery: number, requestId: number): void {
    const { item, dataHash, sizeBytes } = checkpoint;
    assert.notEqual(this.#stored.get(item), dataHash, 'what was acknowledged is not sent again');
    assert.notEqual(this.#belief.get(item)?.dataHash, dataHash, 'what is on its way is not sent again');
    if (body.kind === 'chunked') {
      this.#transfers.set(body.transfer, { item, dataHash, sizeBytes, requestId, received: 0 });
      if (requestId === 0) this.#inFlight.set(`t${body.transfer}`, { item, dataHash, bytes: sizeBytes });
      return;
    }
    this.#arrives(item, dataHash, requestId);
    if (requestId > 0) return;
    this.plannedBytes += sizeBytes;
    this.#inFlight.set(delivery, { item, dataHash, bytes: sizeBytes });
  }

  #receivesChunk({ chunk, delivery }: Extract<ServerEvent, { kind: 'chunk' }>): void {
    const transfer = this.#transfers.get(chunk.transfer);
    assert.ok(transfer, 'a chunk is of an announced transfer that is not over');
    assert.equal(chunk.offset, transfer.received, 'chunks come in order, each byte once');
    transfer.received += chunk.data.length;
    if (transfer.requestId === 0) this.plannedBytes += chunk.data.length;
    if (!chunk.last && !chunk.cancelled) return;
    this.#transfers.delete(chunk.transfer);
    const inFlight = this.#inFlight.get(`t${chunk.transfer}`);
    this.#inFlight.delete(`t${chunk.transfer}`);
    // Who waits for it goes on waiting for another answer.
    if (chunk.cancelled) return;
    assert.equal(transfer.received, transfer.sizeBytes, 'the last chunk completes the content');
    if (inFlight !== undefined) this.#inFlight.set(delivery, inFlight);
    this.#arrives(transfer.item, transfer.dataHash, transfer.requestId);
  }

  #arrives(item: ItemId, dataHash: DataHash, requestId: number): void {
    this.#belief.set(item, { dataHash, old: false });
    if (requestId > 0) assert.ok(this.#waiting.delete(requestId), 'an answer is to an open request');
  }

  #isTold(item: ItemId, current: DataHash | null): void {
    const belief = this.#belief.get(item);
    if (belief !== undefined) belief.old = belief.dataHash !== current;
  }
}
