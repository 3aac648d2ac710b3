import type { ServerDuplexStream } from '@grpc/grpc-js';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { ForesyncError } from '../../src/domain/errors.js';
import { callStatus } from '../../src/rpc/status.js';
import { eventually } from './eventually.js';
import { mismatch } from './match.js';
import type { Json } from './script.js';
import type { Names } from './values.js';
import type { WireEvent, WireFrame } from './wire.js';

/** Clients send these when they think fit: any that came may be the one that a script expects. */
const UNORDERED: ReadonlySet<string> = new Set(['ack', 'heartbeat']);
const BARRIER = 7_000_000;

/** One Sync stream as a script plays it: sends what it is told, and compares what the client sends. */
export class ScriptedStream {
  readonly #call: ServerDuplexStream<WireFrame, WireFrame>;
  readonly #events: WireEvent[] = [];
  readonly #taken = new Set<WireEvent>();
  #delivery = 0;
  #barriers = BARRIER;
  /** Whether heartbeats with a nonce are echoed as they come. */
  echo = true;
  /** When the client was told that it ends, or ended it itself, ms of the process' own clock; undefined while it is open. */
  endedAt: number | undefined;
  /** What the client did that no client may do; undefined if nothing. */
  violation: string | undefined;

  constructor(call: ServerDuplexStream<WireFrame, WireFrame>) {
    this.#call = call;
    call.on('data', (frame: WireFrame) => this.#came(frame));
    call.on('end', () => this.#over());
    call.on('cancelled', () => this.#over());
  }

  /** The bearer token that it was opened with. */
  get token(): string {
    return String(this.#call.metadata.get('authorization')[0]).replace('Bearer ', '');
  }

  /** Sends a frame; answers the number of its last event. */
  send(events: readonly WireEvent[]): number {
    if (events.some((event) => 'goodbye' in event)) this.endedAt = performance.now();
    this.#call.write({ events: events.map((event) => ({ delivery: ++this.#delivery, ...event })) });
    return this.#delivery;
  }

  /** The next event of this kind, which has to be what is expected. */
  async receive(kind: string, expected: Json, names: Names): Promise<WireEvent> {
    let why = 'none came';
    const event = await eventually(
      () => {
        const candidates = this.#left(kind);
        const found = candidates.find((one) => {
          const complaint = mismatch(expected, one[kind], names, kind);
          why = complaint ?? why;
          return complaint === null;
        });
        const wrong = found === undefined && candidates.length > 0 && !UNORDERED.has(kind);
        if (wrong) throw new Error(why);
        return found;
      },
      () => `the client did not send the ${kind} that was expected: ${why}`,
    );
    this.#taken.add(event);
    return event;
  }

  /** Waits until a delivery is acknowledged. */
  async acknowledged(delivery: number): Promise<void> {
    const acks = (): number[] => this.#events.map(({ ack }) => ack?.delivery ?? 0);
    await eventually(
      () => acks().find((one) => one >= delivery),
      () => `delivery ${delivery} was not acknowledged, only ${Math.max(0, ...acks())}`,
    );
  }

  /** Resolves when the client has stored everything that it was sent, and said what it had to. */
  async barrier(): Promise<void> {
    const nonce = ++this.#barriers;
    this.send([{ heartbeat: { nonce } }]);
    await this.receive('heartbeat', { echo: nonce }, new Map());
  }

  /** Events of a kind that no step expected. */
  unexpected(kind: string): readonly WireEvent[] {
    return this.#left(kind);
  }

  /** Ends it: the connection is lost, or the server refuses for a reason. */
  cut(error?: ForesyncError): void {
    this.endedAt = performance.now();
    this.#call.emit(
      'error',
      error === undefined ? { code: 14, details: 'cut by the script' } : callStatus(error),
    );
  }

  #left(kind: string): WireEvent[] {
    return this.#events.filter((event) => event.event === kind && !this.#taken.has(event));
  }

  #came({ events, bytes = 0 }: WireFrame): void {
    const { eventsPerFrame, frameBytes } = PROTOCOL_LIMITS;
    if (events.length > eventsPerFrame || bytes > frameBytes)
      this.violation ??= `a frame of ${events.length} events and ${bytes} bytes is too large`;
    for (const event of events) this.#take(event);
  }

  #take(event: WireEvent): void {
    this.#events.push(event);
    const nonce = event.heartbeat?.nonce ?? 0;
    if (this.echo && nonce > 0) this.send([{ heartbeat: { echo: nonce } }]);
  }

  #over(): void {
    this.endedAt ??= performance.now();
    if (!this.#call.destroyed) this.#call.end();
  }
}
