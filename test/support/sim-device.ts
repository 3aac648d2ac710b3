import type { Activity } from '../../src/domain/activity.js';
import { ForesyncError } from '../../src/domain/errors.js';
import type { DataHash, DeviceId, ItemId, SpaceId } from '../../src/domain/ids.js';
import { dataHash, itemId } from '../../src/domain/ids.js';
import type { Identity } from '../../src/domain/identity.js';
import type { Position } from '../../src/domain/position.js';
import type {
  Answer,
  ClientEvent,
  Hello,
  Push,
  PushBudget,
  ServerEvent,
  Welcome,
} from '../../src/domain/session-port.js';
import type { Gate } from '../../src/session/gate.js';
import type { Session } from '../../src/session/session.js';
import { Bell } from '../../src/util/bell.js';
import type { DeviceHistory } from './history.js';
import { hashOf, SPACE } from './session-node.js';
import type { Kept, Opened, PendingAck, Transfer, Waiting } from './sim-parts.js';
import { contentOf, currentText, digestsOf, emptyAck, keyOf, merged, NO_BUDGET } from './sim-parts.js';

/**
 * A device that speaks domain events: it stores what it gets, says what it has, and tells a history all of it. It reads
 * and acknowledges by itself unless it is told not to.
 */
export class SimDevice {
  readonly identity: Identity & { readonly device: DeviceId };
  readonly spaces: readonly SpaceId[];
  readonly kept = new Map<string, Kept>();
  /** Every event of the last session, in order. */
  readonly events: ServerEvent[] = [];
  /** Sizes of the frames of the last session. */
  readonly frames: number[] = [];
  budget: PushBudget = NO_BUDGET;
  locationPermitted = false;
  reading = true;
  acknowledging = true;
  /** What arrives damaged. */
  corrupts: (push: Push) => boolean = () => false;
  session: Session | null = null;
  /** Why the last session ended: its goodbye, or its error. */
  ended: string | null = null;
  sequence = 0;
  token: Uint8Array = new Uint8Array(0);
  positions: readonly Position[] = [];
  readonly #history: DeviceHistory | null;
  readonly #transfers = new Map<number, Transfer>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #resume = new Bell();
  #ack: PendingAck = emptyAck();
  /** Contents that came and were not acknowledged yet. */
  readonly #untold = new Set<Kept>();
  #requests = 0;
  #handled = 0;
  #up: Promise<void> = Promise.resolve();
  #over: Promise<void> = Promise.resolve();

  constructor(
    identity: SimDevice['identity'],
    history: DeviceHistory | null = null,
    spaces: readonly SpaceId[] = [SPACE],
  ) {
    this.identity = identity;
    this.spaces = spaces;
    this.#history = history;
  }

  get welcome(): Welcome {
    const first = this.events[0];
    if (first?.kind !== 'welcome') throw new Error('no welcome came');
    return first.welcome;
  }

  /** Opens a session and starts to read. */
  async connect(gate: Gate): Promise<Session> {
    const hello = this.hello();
    const session = await gate.open(this.identity, hello);
    this.session = session;
    this.ended = null;
    this.events.length = this.frames.length = 0;
    this.#transfers.clear();
    this.#ack = emptyAck();
    this.#handled = 0;
    this.#history?.connected(this.positions);
    const manifest = [...this.kept.values()];
    this.#over = this.#read(session, manifest);
    return session;
  }

  hello(): Hello {
    const digests = digestsOf(this.spaces, this.kept.values());
    const { token: resumeToken, spaces, budget, locationPermitted } = this;
    return { resumeToken, spaces, digests, budget, locationPermitted, clientVersion: 'sim' };
  }

  /** The connection breaks: nothing more arrives either way. */
  crash(error: ForesyncError): void {
    const { session } = this;
    this.session = null;
    session?.end({ kind: 'broken', error });
    this.resume();
  }

  /** Leaves in order; resolves when the server has written all. */
  async leave(): Promise<void> {
    const { session } = this;
    await this.#up;
    session?.end({ kind: 'left' });
    this.resume();
    await this.#over;
    await session?.presence.closed;
    this.session = null;
  }

  /** Reads on. */
  resume(): void {
    this.reading = true;
    this.#resume.ring();
  }

  /** Resolves when the session is over. */
  over(): Promise<void> {
    return this.#over;
  }

  /** Hands an event in; resolves when the session has handled it, and everything before. */
  say(event: ClientEvent): Promise<void> {
    const { session } = this;
    if (session === null) return Promise.resolve();
    const said = this.#up.then(() => session.receive(event));
    this.#up = said.catch(() => undefined);
    return said;
  }

  view(...items: readonly string[]): Promise<void> {
    const activity = (item: string): Activity => ({
      type: 'viewed',
      item: itemId(item),
      timeMs: 1_700_000_000_000 + this.sequence * 5000,
      locationCell: null,
    });
    return this.report(items.map(activity));
  }

  report(activities: readonly Activity[], space: SpaceId = SPACE): Promise<void> {
    return this.say({ kind: 'activities', batch: { space, sequence: ++this.sequence, activities } });
  }

  /** Shows an item: what is kept if it is current, else what the server answers. Rejects with the error answer. */
  async open(name: string, space: SpaceId = SPACE): Promise<Opened> {
    const item = itemId(name);
    const kept = this.get(name, space);
    const zeroWait = kept?.old === false;
    const bytes = zeroWait ? kept.bytes : await this.#request(space, item, kept);
    const shown = dataHash(hashOf(bytes));
    this.#ack.opened.push({ space, item, dataHash: shown, zeroWait });
    void this.#sendAck();
    return { text: Buffer.from(bytes).toString(), zeroWait };
  }

  /** The device wrote this content itself. */
  keepOwn(name: string, content: string, version: number, space: SpaceId = SPACE): Promise<void> {
    const hash = dataHash(hashOf(content));
    this.#keep({
      space,
      item: itemId(name),
      bytes: Buffer.from(content),
      dataHash: hash,
      version,
      old: false,
    });
    this.#history?.holds(space, name, hash);
    this.#ack.held.push({ space, item: itemId(name), dataHash: hash });
    return this.#sendAck();
  }

  evict(name: string, space: SpaceId = SPACE): Promise<void> {
    const kept = this.get(name, space);
    if (kept === undefined) return Promise.resolve();
    this.#drop(kept);
    this.#ack.evicted.push(kept);
    return this.#sendAck();
  }

  get(name: string, space: SpaceId = SPACE): Kept | undefined {
    return this.kept.get(keyOf(space, itemId(name)));
  }

  /** What is kept as current, as text. */
  current(name: string, space: SpaceId = SPACE): string | null {
    return currentText(this.get(name, space));
  }

  async #read(session: Session, manifest: readonly Kept[]): Promise<void> {
    try {
      for await (const frame of session.frames()) {
        while (!this.reading) await this.#resume.next();
        if (this.session !== session) return;
        this.frames.push(frame.length);
        for (const event of frame) this.#handle(event, manifest);
        if (this.acknowledging) void this.#sendAck();
      }
      if (this.session === session) this.ended ??= 'left';
    } catch (thrown) {
      if (this.session === session) this.ended = (thrown as ForesyncError).code;
    }
  }

  #handle(event: ServerEvent, manifest: readonly Kept[]): void {
    this.events.push(event);
    this.#history?.event(event.delivery);
    switch (event.kind) {
      case 'welcome':
        this.#welcomed(event.welcome, manifest);
        break;
      case 'push':
        this.#begin(event.delivery, event.push, 0);
        break;
      case 'chunk':
        this.#chunk(event.chunk);
        break;
      case 'answer':
        this.#answered(event.delivery, event.requestId, event.answer);
        break;
      case 'invalidation':
        this.#told(event.space, event.item, event.version, event.dataHash);
        break;
      case 'position':
        for (const position of event.positions) this.#history?.position(position);
        this.positions = merged(this.positions, event.positions);
        this.token = event.resumeToken;
        break;
      case 'heartbeat':
        if (event.nonce > 0) void this.say({ kind: 'heartbeat', nonce: 0, echo: event.nonce });
        break;
      case 'goodbye':
        this.ended = event.reason;
        break;
      case 'refusal':
        if (event.activitySequence > 0) this.#numberAgain(event.activitySequence, event.error);
        break;
      case 'activity-ack':
        break;
    }
    this.#handled = event.delivery;
  }

  #welcomed({ verdicts, activitySequence }: Welcome, manifest: readonly Kept[]): void {
    this.sequence = activitySequence;
    for (const { space, verdict } of verdicts) {
      if (verdict === 'resume') continue;
      if (verdict === 'anew') {
        this.#history?.anew(space);
        this.positions = this.positions.filter((position) => position.space !== space);
        for (const kept of [...this.kept.values()])
          if (kept.space === space) this.kept.set(keyOf(space, kept.item), { ...kept, version: 0 });
      }
      if (verdict === 'wipe') this.#wipe(space);
      const entries = verdict === 'wipe' ? [] : manifest.filter((kept) => kept.space === space);
      for (let from = 0; from === 0 || from < entries.length; from += 2048) {
        const last = from + 2048 >= entries.length;
        void this.say({ kind: 'manifest', part: { space, entries: entries.slice(from, from + 2048), last } });
      }
    }
    for (const [requestId, { space, item }] of this.#waiting)
      this.#sendRequest(requestId, space, item, this.kept.get(keyOf(space, item)));
  }

  #wipe(space: SpaceId): void {
    this.token = new Uint8Array(0);
    this.positions = this.positions.filter((position) => position.space !== space);
    for (const [key, kept] of this.kept) if (kept.space === space) this.kept.delete(key);
  }

  /** What was refused was not applied: the next batch takes its number. */
  #numberAgain(sequence: number, { details }: ForesyncError): void {
    const expected = Number(details.facts?.['expected'] ?? sequence);
    this.sequence = Math.min(this.sequence, expected - 1);
  }

  #begin(delivery: number, push: Push, requestId: number): void {
    const { checkpoint, body } = push;
    this.#history?.announced(checkpoint.space, checkpoint.item, checkpoint.version);
    if (body.kind === 'chunked') this.#transfers.set(body.transfer, { delivery, push, requestId, parts: [] });
    else if (body.kind === 'inline') this.#land({ delivery, push, requestId, parts: [body.bytes] });
  }

  #chunk(chunk: { transfer: number; data: Uint8Array; last: boolean; cancelled: boolean }): void {
    const transfer = this.#transfers.get(chunk.transfer);
    if (transfer === undefined)
      throw new Error(`a chunk of transfer ${chunk.transfer}, which nobody announced`);
    transfer.parts.push(chunk.data);
    if (chunk.last || chunk.cancelled) this.#transfers.delete(chunk.transfer);
    if (chunk.last) this.#land(transfer);
  }

  #land(transfer: Transfer): void {
    const { space, item, version, dataHash: hash, userContext } = transfer.push.checkpoint;
    const bytes = contentOf(transfer, this.corrupts, this.kept.get(keyOf(space, item)));
    if (bytes === null || hashOf(bytes) !== hash) {
      this.#ack.rejected.push(transfer.delivery);
      this.#told(space, item, 0, hash);
      this.#askAgain(transfer.requestId);
      return;
    }
    this.#history?.content({ space, item, dataHash: hash, actualHash: hashOf(bytes), userContext });
    const kept = { space, item, bytes, dataHash: hash, version, old: false };
    this.#keep(kept);
    this.#untold.add(kept);
    this.#resolve(space, item, bytes);
  }

  /** Asks for the whole content, three times at most. */
  #askAgain(requestId: number): void {
    const waiting = this.#waiting.get(requestId);
    if (waiting === undefined) return;
    if (++waiting.retries <= 3) this.#sendRequest(requestId, waiting.space, waiting.item, undefined);
    else {
      this.#waiting.delete(requestId);
      waiting.reject(new ForesyncError('HASH_MISMATCH', 'the content came damaged too often'));
    }
  }

  #answered(delivery: number, requestId: number, answer: Answer): void {
    const waiting = this.#waiting.get(requestId);
    if (answer.kind === 'found') this.#begin(delivery, answer.push, requestId);
    else if (answer.kind === 'error') {
      this.#waiting.delete(requestId);
      waiting?.reject(answer.error);
    } else if (waiting !== undefined) {
      const kept = this.kept.get(keyOf(waiting.space, waiting.item));
      if (kept?.dataHash !== answer.checkpoint.dataHash)
        this.#sendRequest(requestId, waiting.space, waiting.item, undefined);
      else this.#confirm(kept);
    }
  }

  #confirm(kept: Kept): void {
    this.#keep({ ...kept, old: false });
    this.#history?.told(kept.space, kept.item, 0, kept.dataHash);
    this.#resolve(kept.space, kept.item, kept.bytes);
  }

  #told(space: SpaceId, item: ItemId, version: number, hash: DataHash | null): void {
    this.#history?.told(space, item, version, hash);
    const kept = this.kept.get(keyOf(space, item));
    if (kept === undefined) return;
    if (hash === null) {
      this.#drop(kept);
      this.#ack.evicted.push(kept);
    } else this.#keep({ ...kept, old: kept.dataHash !== hash });
  }

  #resolve(space: SpaceId, item: ItemId, bytes: Uint8Array): void {
    for (const [requestId, waiting] of this.#waiting) {
      if (waiting.space !== space || waiting.item !== item) continue;
      this.#waiting.delete(requestId);
      waiting.resolve(bytes);
    }
  }

  #request(space: SpaceId, item: ItemId, kept: Kept | undefined): Promise<Uint8Array> {
    const requestId = ++this.#requests;
    return new Promise((resolve, reject) => {
      this.#waiting.set(requestId, { space, item, resolve, reject, retries: 0 });
      this.#sendRequest(requestId, space, item, kept);
    });
  }

  #sendRequest(requestId: number, space: SpaceId, item: ItemId, kept: Kept | undefined): void {
    const latest =
      kept === undefined ? null : { dataHash: kept.dataHash, version: kept.version, timestampMs: 0 };
    void this.say({ kind: 'request', request: { requestId, space, item, latest } });
  }

  /** What is complete and stored: nothing after a content that is still coming. */
  #sendAck(): Promise<void> {
    if (!this.acknowledging) return Promise.resolve();
    const open = Math.min(...[...this.#transfers.values()].map(({ delivery }) => delivery));
    const delivery = Math.min(this.#handled, open - 1);
    const { opened, held, evicted, rejected } = this.#ack;
    this.#ack = emptyAck();
    for (const kept of this.#untold) this.#history?.acknowledged(kept.space, kept.item, kept.dataHash);
    this.#untold.clear();
    return this.say({ kind: 'ack', ack: { delivery, opened, held, evicted, rejected } });
  }

  #keep(kept: Kept): void {
    this.kept.set(keyOf(kept.space, kept.item), kept);
  }

  #drop({ space, item }: Kept): void {
    this.kept.delete(keyOf(space, item));
    this.#history?.dropped(space, item);
  }
}
