import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { ClientEvent, Hello, SyncRequest, SyncResponse } from '@foresync/protocol';
import { Push, Welcome } from '@foresync/protocol';
import type { ServerEvent } from '@foresync/protocol';
import { ContentEncoding } from '@foresync/protocol';
import type { Checkpoint } from '../../src/checkpoint.js';
import { wireCheckpoint } from '../../src/wire-checkpoint.js';

type Case = NonNullable<ClientEvent['event']>['$case'];
type Event = NonNullable<ClientEvent['event']>;
type ValueOf<Name extends Case> = Extract<Event, { $case: Name }>['value'];

const PATIENCE_MS = 8_000;

/** One Sync stream as a test plays the server's part: it sends what it is told, and waits for what the client sends. */
export class FakeSession {
  /** Heartbeats with a nonce are echoed at once. */
  echo = true;
  /** Every event that came, in order. */
  readonly events: Event[] = [];
  readonly #call: ServerDuplexStream<SyncRequest, SyncResponse>;
  #delivery = 0;
  /** Values that were given to the test. */
  readonly #given = new Set<unknown>();
  #wake: (() => void)[] = [];
  ended = false;

  constructor(call: ServerDuplexStream<SyncRequest, SyncResponse>) {
    this.#call = call;
    call.on('data', ({ events }: SyncRequest) => events.forEach(({ event }) => this.#take(event)));
    call.on('end', () => this.#over());
    call.on('cancelled', () => this.#over());
  }

  get #hello(): Hello | undefined {
    const first = this.events[0];
    return first?.$case === 'hello' ? first.value : undefined;
  }

  /** Waits for the Hello, and welcomes the client. */
  async welcome(more: Parameters<typeof Welcome.fromPartial>[0] = {}): Promise<Hello> {
    const hello = await this.until(() => this.#hello, 'a Hello');
    const welcome = Welcome.fromPartial({
      sessionId: 'a session',
      queryKey: new Uint8Array(32).fill(7),
      verdicts: hello.spaces.map((space) => ({ space, verdict: 1 })),
      serverTimeMs: BigInt(Date.now()),
      heartbeatIntervalMs: 30_000,
      ...more,
    });
    this.tell({ $case: 'welcome', value: welcome });
    return hello;
  }

  /** Sends events in one frame; answers the number of the last. */
  tell(...events: ServerEvent['event'][]): number {
    this.#call.write({ events: events.map((event) => ({ delivery: BigInt(++this.#delivery), event })) });
    return this.#delivery;
  }

  /** Pushes a content unasked, in one piece. */
  push(
    checkpoint: Checkpoint,
    content: Uint8Array,
    more: Parameters<typeof Push.fromPartial>[0] = {},
  ): number {
    return this.tell({ $case: 'push', value: pushOf(checkpoint, content, more) });
  }

  answer(
    requestId: bigint,
    checkpoint: Checkpoint,
    content: Uint8Array,
    more: Parameters<typeof Push.fromPartial>[0] = {},
  ): number {
    const result = { $case: 'found' as const, value: pushOf(checkpoint, content, more) };
    return this.tell({ $case: 'answer', value: { requestId, result } });
  }

  /** The next event of this kind that the test has not seen; bounded. */
  async next<Name extends Case>(name: Name): Promise<ValueOf<Name>> {
    return this.until(() => {
      const value = this.all(name).find((one) => !this.#given.has(one));
      if (value !== undefined) this.#given.add(value);
      return value;
    }, name);
  }

  /** Values of all events of a kind so far. */
  all<Name extends Case>(name: Name): ValueOf<Name>[] {
    const values = this.events.filter(({ $case }) => $case === name).map(({ value }) => value);
    // The case names the type of the value.
    return values as ValueOf<Name>[];
  }

  /** Waits until every event up to this number is acknowledged. */
  async acknowledged(delivery: number): Promise<void> {
    const done = (): true | undefined => this.all('ack').some((ack) => ack.delivery >= delivery) || undefined;
    await this.until(done, `an ack of ${delivery}`);
  }

  /** Ends the stream in order, or with an error. */
  end(error?: { code: number; details: string }): void {
    if (error === undefined) this.#call.end();
    else this.#call.emit('error', error);
  }

  /** Waits for what `look` finds among what came. */
  async until<T>(look: () => T | undefined, what: string): Promise<T> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      const left = deadline - Date.now();
      const came = this.events.map(({ $case }) => $case).join(' ');
      if (left <= 0) throw new Error(`the client never sent ${what}, only ${came}`);
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
        setTimeout(resolve, left);
      });
    }
  }

  #take(event: ClientEvent['event']): void {
    if (event === undefined) return;
    this.events.push(event);
    if (this.echo && event.$case === 'heartbeat' && event.value.nonce > 0n) {
      const { nonce } = event.value;
      this.tell({ $case: 'heartbeat', value: { nonce: 0n, echo: nonce, timeMs: 0n, tokenExpiresInMs: 0n } });
    }
    this.#rouse();
  }

  #over(): void {
    this.ended = true;
    if (!this.#call.destroyed) this.#call.end();
    this.#rouse();
  }

  #rouse(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }
}

/** A push as the wire carries it; `more` overrides. */
export function pushOf(
  checkpoint: Checkpoint,
  content: Uint8Array,
  more: Parameters<typeof Push.fromPartial>[0] = {},
): Push {
  return Push.fromPartial({
    checkpoint: wireCheckpoint(checkpoint),
    encoding: ContentEncoding.CONTENT_ENCODING_IDENTITY,
    content,
    encodedBytes: BigInt(content.length),
    ...more,
  });
}

/** The transfer of a content in chunks: its header, and the chunks as they have to come. */
export function transferOf(
  checkpoint: Checkpoint,
  content: Uint8Array,
  transfer: bigint,
  chunkBytes: number,
): { header: Push; chunks: NonNullable<ServerEvent['event']>[] } {
  const header = pushOf(checkpoint, new Uint8Array(0), { transfer, encodedBytes: BigInt(content.length) });
  const chunks: NonNullable<ServerEvent['event']>[] = [];
  for (let offset = 0; offset < content.length; offset += chunkBytes) {
    const data = content.subarray(offset, offset + chunkBytes);
    const last = offset + data.length === content.length;
    chunks.push({
      $case: 'chunk',
      value: { transfer, offset: BigInt(offset), data, last, cancelled: false },
    });
  }
  return { header, chunks };
}
