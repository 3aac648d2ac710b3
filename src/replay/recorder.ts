import type { PlanObserver, PlanSeen } from '../domain/engine-port.js';
import { pseudonym, type DeviceId, type ItemId, type Pseudonym } from '../domain/ids.js';
import { Calibration } from './calibration.js';
import type { PolicyResult, WaitKind } from './figure-types.js';
import { Future } from './future.js';
import { Kinds } from './kinds.js';
import { firstMeasured } from './measured.js';
import { percentile } from './percentile.js';
import { PushAccount } from './push-account.js';
import { RecallWatch } from './recall.js';
import { Stretches } from './stretches.js';
import type { Trace, TraceMoment, TraceStep } from './trace-types.js';
import { Waits } from './waits.js';

/** Plans whose duration is kept; of more only the first count. */
const MOST_TIMES = 1_000_000;

/**
 * Listens to one policy's replay, in process or over gRPC, and makes its figures (REPLAY.md, "Figures"). It is told what
 * happens in the order in which it happens; it changes nothing.
 */
export class Recorder implements PlanObserver {
  readonly #baseline: Waits;
  readonly #future: Future;
  readonly #measuredFrom: number;
  readonly #waits = new Waits();
  readonly #kinds = new Kinds<string>();
  readonly #recall = new RecallWatch();
  readonly #calibration = new Calibration();
  readonly #stretches: Stretches;
  readonly #pushes: PushAccount<string>;
  readonly #times: number[] = [];
  // Items that the moment which is replayed will still change.
  #unwritten = new Set<ItemId>();
  #place = -1;
  #step = -1;
  #openedBytes = 0;
  #missed = 0;
  #foreseen = 0;
  #planned = false;
  #pushedScores = 0;
  #pushedOpened = 0;

  /** `baseline` = what waits without pushes, of the same trace. */
  constructor(trace: Trace, baseline: Waits) {
    this.#baseline = baseline;
    this.#future = new Future(trace);
    this.#measuredFrom = firstMeasured(trace);
    this.#stretches = new Stretches(trace, this.#measuredFrom);
    this.#pushes = new PushAccount((bytes, stretch) => this.#stretches.wasted(stretch, bytes));
  }

  /** What the trace says will happen, for the oracle. */
  get future(): Future {
    return this.#future;
  }

  /** Place of the moment that is replayed. */
  get place(): number {
    return this.#place;
  }

  /** Whether the moment that is replayed will still change the item. */
  isAboutToChange(item: ItemId): boolean {
    return this.#unwritten.has(item);
  }

  /** The next moment of the trace begins. */
  begin(moment: TraceMoment): void {
    this.#place += 1;
    if (moment.kind !== 'step') return;
    this.#step = moment.index;
    this.#unwritten = new Set(moment.items.filter(({ written }) => written).map(({ item }) => item));
  }

  /** A device opened an item that a step needs. */
  opened(user: Pseudonym, device: DeviceId, item: ItemId, bytes: number, zeroWait: boolean): void {
    const key = keyOf(user, device);
    const kind = this.#kinds.of(key, item);
    this.#kinds.used(key, item);
    if (zeroWait) this.#pushes.opened(key, item);
    if (!this.#isMeasured) return;
    if (this.#baseline.waited(this.#waits.opens)) {
      this.#missed += 1;
      // What a push brought earlier was a candidate then, and need not be one again.
      if (zeroWait || this.#recall.wasCandidate(user, item)) this.#foreseen += 1;
    }
    this.#waits.add(kind, !zeroWait);
    this.#openedBytes += bytes;
    this.#stretches.opened(this.#step, !zeroWait);
  }

  /** An item got a new content: before it reaches any device. */
  changed(item: ItemId): void {
    this.#unwritten.delete(item);
    this.#kinds.changed(item);
    this.#pushes.superseded(item);
  }

  /** A device wrote the content that an item has now. */
  wrote(user: Pseudonym, device: DeviceId, item: ItemId): void {
    this.#kinds.used(keyOf(user, device), item);
  }

  /** A step's opens and writes are over; its own plan comes. */
  stepped({ user }: TraceStep): void {
    this.#recall.stepped(pseudonym(user));
  }

  /** A content was pushed to a device. */
  pushed(user: Pseudonym, device: DeviceId, item: ItemId, bytes: number): void {
    const stretch = this.#isMeasured ? this.#stretches.pushed(this.#step, bytes) : null;
    this.#pushes.pushed(keyOf(user, device), item, { bytes, stretch });
  }

  /** A device let an item go. */
  evicted(user: Pseudonym, device: DeviceId, item: ItemId): void {
    this.#pushes.lost(keyOf(user, device), item);
  }

  onPlan(seen: PlanSeen): void {
    this.#planned = true;
    this.#recall.onPlan(seen);
    if (!this.#isMeasured) return;
    if (seen.kind === 'user' && this.#times.length < MOST_TIMES) this.#times.push(seen.tookUs);
    for (const { item, score } of seen.pushable)
      this.#calibration.add(score, this.#future.isOpened(seen.user, item, this.#place));
    for (const { kind, scored } of seen.plan.pushes) {
      if (kind !== 'content') continue;
      this.#pushedScores += scored.score;
      if (this.#future.isOpened(seen.user, scored.item, this.#place)) this.#pushedOpened += 1;
    }
  }

  /** The figures, once every moment was replayed; `reach` is known only beside the oracle's. */
  finish(wireBytes: number | null): PolicyResult {
    this.#pushes.finish();
    const { pushedBytes, wastedBytes, stretches } = this.#stretches.finish();
    const { ece, prAuc, calibration, precision } = this.#calibration.figures();
    const { opens, waits } = this.#waits;
    const figures = {
      opens,
      zeroWait: opens - waits,
      waitsRemoved: removed(waits, this.#baseline.waits),
      pushedBytes,
      wastedBytes,
      waste: ratio(wastedBytes, pushedBytes),
      reach: null,
      candidateRecall: this.#planned ? ratio(this.#foreseen, this.#missed) : null,
      byKind: this.#byKind(),
      ece,
      prAuc,
      pushedBias: ratio(this.#pushedScores - this.#pushedOpened, this.#pushedOpened),
      planUsP50: percentile(this.#times, 0.5),
      planUsP99: percentile(this.#times, 0.99),
      wireBytes,
    };
    return { figures, series: { stretches, openedBytes: this.#openedBytes, calibration, precision } };
  }

  get #isMeasured(): boolean {
    return this.#step >= this.#measuredFrom;
  }

  #byKind(): PolicyResult['figures']['byKind'] {
    const of = (kind: WaitKind): { waits: number; waitsRemoved: number | null } => ({
      waits: this.#waits.waitsOf(kind),
      waitsRemoved: removed(this.#waits.waitsOf(kind), this.#baseline.waitsOf(kind)),
    });
    return {
      'repeat-changed': of('repeat-changed'),
      'first-touch': of('first-touch'),
      evicted: of('evicted'),
    };
  }
}

function keyOf(user: Pseudonym, device: DeviceId): string {
  return `${user} ${device}`;
}

function removed(waits: number, without: number): number | null {
  return without === 0 ? null : 1 - waits / without;
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
