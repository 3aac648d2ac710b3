import { createHash } from 'node:crypto';
import type {
  Chunk,
  ClientEvent,
  Invalidation,
  PositionUpdate,
  Push,
  ServerEvent,
  Welcome,
} from '@foresync/protocol';
import { addTerm, digestBytes, manifestTerm } from '@foresync/protocol/digest';
import type { SessionLink, Transport } from '@foresync/client';
import { ForesyncClientError } from '@foresync/client';
import type { Claim, DeviceHistory } from './history.js';

export interface RawDeviceOptions {
  readonly transport: Transport;
  readonly token: string;
  readonly space: string;
  readonly history: DeviceHistory;
}

/**
 * A device without the client library: it speaks the generated messages by hand, keeps what a disk would keep over its
 * sessions, and writes down everything that it sees for the history checker.
 */
export class RawDevice {
  readonly #options: RawDeviceOptions;
  readonly #held = new Map<string, string>();
  readonly #old = new Set<string>();
  readonly #positions = new Map<number, Claim>();
  readonly #transfers = new Map<bigint, Transfer>();
  #link: SessionLink | null = null;
  #resumeToken: Uint8Array = new Uint8Array();
  #sequence = 0n;
  #durable = 0n;
  #sessions = 0;
  /** Contents that came unasked or asked, whole. */
  received = 0;

  constructor(options: RawDeviceOptions) {
    this.#options = options;
  }

  /** Sessions that were welcomed. */
  get sessions(): number {
    return this.#sessions;
  }

  /** Whether all that it holds is current, or known to be old. */
  knows(currentHash: (item: string) => string | undefined): boolean {
    return [...this.#held].every(([item, hash]) => hash === currentHash(item) || this.#old.has(item));
  }

  /** One session: resolves when the server or the network ended it. */
  async session(): Promise<void> {
    const { transport, token } = this.#options;
    const link = transport.openSession(this.#hello(), token);
    this.#link = link;
    try {
      for await (const frame of link.frames) await this.#frame(link, frame);
    } catch (thrown) {
      // A killed server ends streams anyhow; what matters is what the history says.
      if (!(thrown instanceof ForesyncClientError)) throw thrown;
    } finally {
      link.cancel();
      this.#link = null;
      this.#transfers.clear();
    }
  }

  leave(): void {
    this.#link?.cancel();
  }

  /** Reports that the user viewed an item, one batch at a time. Lost with the connection: this device has no outbox. */
  async view(item: string, timeMs: number): Promise<void> {
    const { space } = this.#options;
    if (this.#link === null || this.#sequence > this.#durable) return;
    const activity = { type: 1 as const, item, queryBuckets: [], timeMs: BigInt(timeMs), locationCell: '' };
    const batch = { sequence: ++this.#sequence, space, activities: [activity] };
    await this.#send({ event: { $case: 'activities', value: batch } });
  }

  async #frame(link: SessionLink, frame: readonly ServerEvent[]): Promise<void> {
    const { space, history } = this.#options;
    const stored: [string, string][] = [];
    for (const event of frame) {
      if (event.event?.$case === 'welcome') this.#welcome(event.event.value);
      history.event(Number(event.delivery));
      const content = this.#event(event);
      if (content !== null) stored.push(content);
    }
    // From here on it counts as acknowledged, whether the server heard it or not.
    for (const [item, hash] of stored) history.acknowledged(space, item, hash);
    const delivery = this.#complete(frame.at(-1)?.delivery ?? 0n);
    await link.send([{ event: { $case: 'ack', value: { ...NO_NEWS, delivery } } }]);
  }

  /** Up to where everything is stored: a content that is still under way is not. */
  #complete(last: bigint): bigint {
    let complete = last;
    for (const { delivery } of this.#transfers.values()) if (delivery <= complete) complete = delivery - 1n;
    return complete;
  }

  /** Answers the item and hash that were stored by this event. */
  #event({ event, delivery }: ServerEvent): [string, string] | null {
    switch (event?.$case) {
      case 'push':
        return this.#push(event.value, delivery);
      case 'chunk':
        return this.#chunk(event.value);
      case 'invalidation':
        return this.#invalidation(event.value);
      case 'position':
        this.#position(event.value);
        return null;
      case 'activityAck':
        this.#durable = event.value.sequence;
        return null;
      case 'refusal':
        return this.#refused();
      default:
        return null;
    }
  }

  #position({ positions, resumeToken }: PositionUpdate): void {
    for (const { space, shard, epoch, offset } of positions) {
      const claim = { space, shard, epoch, offset: Number(offset) };
      this.#options.history.position(claim);
      this.#positions.set(shard, claim);
    }
    this.#resumeToken = resumeToken;
  }

  #refused(): null {
    // The number is free again.
    this.#sequence = this.#durable;
    return null;
  }

  #invalidation({ item, version, dataHash }: Invalidation): null {
    this.#told(item, Number(version), hexOrNull(dataHash));
    return null;
  }

  #push(push: Push, delivery: bigint): [string, string] | null {
    const { space = '', item = '', version = 0n, dataHash = NO_BYTES } = push.checkpoint ?? {};
    this.#options.history.announced(space, item, Number(version));
    // What is held is old from here on, whether or not the new content ever comes whole.
    this.#told(item, Number(version), hex(dataHash));
    if (push.transfer !== 0n) {
      this.#transfers.set(push.transfer, { push, parts: [], delivery });
      return null;
    }
    return push.content.length > 0 ? this.#store(push, push.content) : null;
  }

  #told(item: string, version: number, currentHash: string | null): void {
    const { space, history } = this.#options;
    history.told(space, item, version, currentHash);
    const held = this.#held.get(item);
    if (held !== undefined && held !== currentHash) this.#old.add(item);
  }

  #chunk({ transfer, data, last, cancelled }: Chunk): [string, string] | null {
    const under = this.#transfers.get(transfer);
    if (under === undefined) return null;
    if (cancelled || last) this.#transfers.delete(transfer);
    if (cancelled) return null;
    under.parts.push(data);
    return last ? this.#store(under.push, Buffer.concat(under.parts)) : null;
  }

  #store({ checkpoint }: Push, bytes: Uint8Array): [string, string] {
    if (checkpoint === undefined) throw new Error('a push without a checkpoint');
    const { space, item, userContext } = checkpoint;
    const dataHash = hex(checkpoint.dataHash);
    const actualHash = createHash('sha256').update(bytes).digest('hex');
    this.#options.history.content({
      space,
      item,
      dataHash,
      actualHash,
      userContext,
    });
    this.#held.set(item, dataHash);
    this.#old.delete(item);
    this.received++;
    return [item, dataHash];
  }

  #welcome({ verdicts, activitySequence }: Welcome): void {
    const { space, history } = this.#options;
    if (activitySequence < this.#durable)
      throw new Error(`batch ${this.#durable} was durable, now ${activitySequence} is`);
    this.#sequence = activitySequence;
    this.#durable = activitySequence;
    this.#sessions++;
    const verdict = verdicts.find((one) => one.space === space)?.verdict;
    if (verdict === ANEW) this.#positions.clear();
    history.connected([...this.#positions.values()]);
    if (verdict === ANEW) history.anew(space);
    if (verdict !== RESUME) void this.#sendManifest();
  }

  async #sendManifest(): Promise<void> {
    const { space } = this.#options;
    const entries = [...this.#held].map(([item, hash]) => ({ item, dataHash: Buffer.from(hash, 'hex') }));
    await this.#send({ event: { $case: 'manifest', value: { space, entries, last: true } } });
  }

  async #send(event: ClientEvent): Promise<void> {
    await this.#link?.send([event]);
  }

  #hello(): Parameters<Transport['openSession']>[0] {
    const { space } = this.#options;
    let digest = 0n;
    for (const [item, hash] of this.#held)
      digest = addTerm(digest, manifestTerm(sha256, space, item, Buffer.from(hash, 'hex')));
    return {
      resumeToken: this.#resumeToken,
      spaces: [space],
      digests: [{ space, digest: digestBytes(digest), count: BigInt(this.#held.size) }],
      budget: undefined,
      locationPermitted: false,
      clientVersion: 'raw device of the tests',
    };
  }
}

interface Transfer {
  readonly push: Push;
  readonly delivery: bigint;
  readonly parts: Uint8Array[];
}

// Verdicts of sync.proto.
const RESUME = 1;
const ANEW = 3;

const NO_BYTES = new Uint8Array();
const NO_NEWS = { delivery: 0n, opened: [], held: [], evicted: [], rejected: [] };

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const hexOrNull = (bytes: Uint8Array): string | null => (bytes.length === 0 ? null : hex(bytes));
