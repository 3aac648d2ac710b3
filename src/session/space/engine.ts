import type { Step } from '../../domain/activity.js';
import type { UserContext } from '../../domain/context.js';
import type {
  Contexts,
  Devices,
  DeviceView,
  Peeked,
  PlanObserver,
  Policy,
  Question,
  SpaceEngine,
  SpaceStatistics,
} from '../../domain/engine-port.js';
import type { ItemId, Pseudonym, SpaceId } from '../../domain/ids.js';
import type { Change, Head } from '../../domain/item.js';
import type { DevicePlan, Scored } from '../../domain/plan.js';
import { BudgetLedger } from '../../planner/ledger.js';
import { plan } from '../../planner/planner.js';
import { Price } from '../../planner/price.js';
import type { ItemState } from '../../planner/shadow.js';
import { seededRandom } from '../../util/seeded-random.js';
import { engineLesson, learnEngineLesson, type Learning } from './engine-lesson.js';
import type { EngineParts } from './engine-parts.js';
import { Hedge, type OffersTo, type Ruler } from './hedge.js';
import { planMode, type PushTerms } from './push-terms.js';
import { contentOf, pushable, scoredBy } from './pushable.js';
import { reportingFirst } from './reporting-first.js';
import type { Rehearsal } from './rehearsal.js';
import { peekAt, scoresOf, unlessFailed, type Scorer } from './scoring.js';

/** A user has no plan before their second step: one step says nothing about the next. */
const FIRST_PLANNED_STEP = 2;
/** Whom the hedge follows is drawn alike at each start: the same calls give the same plans. */
const SEED = 1;

/**
 * The flow of one space on one node (DESIGN.md 3): learns steps, ranks candidates, plans what to push. The same calls in
 * the same order give the same plans.
 */
export class Engine implements SpaceEngine {
  readonly space: SpaceId;
  readonly statistics: SpaceStatistics;
  readonly #policy: Policy;
  readonly #push: PushTerms;
  readonly #observer: PlanObserver | undefined;
  readonly #stopwatchUs: () => number;
  readonly #ledger: BudgetLedger;
  readonly #price: Price;
  readonly #hedge: Hedge | null;
  readonly #scorer: Scorer;
  readonly #rehearsal: Rehearsal | undefined;
  #lastRuler = 0;

  constructor(parts: EngineParts) {
    this.space = parts.space;
    this.statistics = parts.statistics;
    this.#policy = parts.policy;
    this.#push = parts.push;
    this.#observer = parts.observer;
    this.#rehearsal = parts.rehearsal;
    this.#stopwatchUs = parts.stopwatchUs ?? (() => 0);
    this.#ledger = new BudgetLedger({ ratio: parts.push.ratio, startBytes: parts.push.startBytes });
    this.#price = new Price(this.#ledger);
    const { rivals = [] } = parts.policy;
    const { ratio, startBytes } = parts.push;
    this.#hedge =
      rivals.length === 0 ? null : new Hedge(parts.policy, rivals, { ratio, startBytes }, seededRandom(SEED));
    this.#scorer = { policy: parts.policy, hedge: this.#hedge, onModelFailed: parts.onModelFailed };
  }

  opened(bytes: number): void {
    this.#price.earned(this.#ledger.earn(bytes));
  }

  refund(bytes: number): void {
    this.#ledger.refund(bytes);
  }

  lesson(): Uint8Array | null {
    return engineLesson(this.#learning);
  }

  taught(lesson: Uint8Array): void {
    learnEngineLesson(this.#learning, lesson);
  }

  get #learning(): Learning {
    const [policy, hedge, ruler] = [this.#policy, this.#hedge, this.#lastRuler];
    return { policy, hedge, ruler, ledger: this.#ledger, price: this.#price };
  }

  forget(user: Pseudonym): void {
    this.statistics.forget(user);
    this.#policy.forget?.(user);
    this.#hedge?.forget(user);
    this.#rehearsal?.forget(user);
  }

  async onChange(
    change: Change,
    devices: Devices,
    contexts: Contexts,
    nowMs: number,
  ): Promise<readonly DevicePlan[]> {
    const { item, dataHash } = change.head;
    this.#policy.changed?.(change);
    this.#hedge?.changed(change);
    this.#rehearsal?.changed(change);
    if (dataHash === null || this.#policy.plans === 'never') return [];
    const users =
      change.audience.length > 0 ? change.audience : this.statistics.holders(item, change.writer, nowMs);
    const plans: DevicePlan[] = [];
    for (const user of users) {
      const views = devices.of(user);
      if (views.length === 0) continue;
      const context = await contexts.of(user);
      for (const [place, view] of views.entries()) {
        const question = { ...this.#about('holder', view, context, nowMs), items: [item] };
        plans.push(await this.#plan(question, view, () => true, { isFirst: place === 0, tookUs: 0 }));
      }
    }
    return plans.filter(({ pushes }) => pushes.length > 0);
  }

  async onSteps(
    steps: readonly Step[],
    contexts: readonly UserContext[],
    devices: Devices,
    nowMs: number,
    isElsewhere = false,
  ): Promise<readonly DevicePlan[]> {
    for (const [place, step] of steps.entries()) {
      const before = contexts[place];
      if (before === undefined) continue;
      // Who is planned for elsewhere is compared there.
      if (devices.of(step.user).length > 0) this.#hedge?.observe(step, (item) => this.#stateOf(item));
      this.#rehearsal?.observe(step, before, (item) => this.#stateOf(item));
      this.#policy.observe?.(step, before, isElsewhere);
      this.statistics.learn(step, before);
    }
    const last = steps.at(-1);
    const context = contexts.at(-1);
    if (last === undefined || context === undefined) return [];
    if (context.steps < FIRST_PLANNED_STEP || this.#policy.plans !== 'all') return [];
    const started = this.#stopwatchUs();
    const touched = new Set(last.items.map(({ item }) => item));
    const views = reportingFirst(devices, last);
    const items = this.statistics.candidates(last.user, context, nowMs, ({ item, dataHash }) =>
      views.some(
        (view) => view.holds(item) !== dataHash && (view.device !== last.device || !touched.has(item)),
      ),
    );
    const tookUs = this.#stopwatchUs() - started;
    const plans: DevicePlan[] = [];
    for (const [place, view] of views.entries()) {
      const question = { ...this.#about('user', view, context, nowMs), items };
      // What the reporting device just used is on it; the user's other devices may still lack it.
      const isOther = view.device !== last.device;
      const admits = (item: ItemId): boolean => isOther || !touched.has(item);
      plans.push(await this.#plan(question, view, admits, { isFirst: place === 0, tookUs }));
    }
    return plans.filter(({ pushes }) => pushes.length > 0);
  }

  peek(question: Question): Promise<Peeked> {
    return peekAt(this.#scorer, question);
  }

  async #plan(
    question: Question,
    view: DeviceView,
    admits: (item: ItemId) => boolean,
    before: { readonly isFirst: boolean; readonly tookUs: number },
  ): Promise<DevicePlan> {
    const started = this.#stopwatchUs();
    const items = this.#policy.choose?.(question) ?? question.items;
    const admitted = items.filter(admits);
    const unscored = admitted.flatMap((item) => pushable(this.statistics, item, (held) => view.holds(held)));
    const asked = { ...question, items: unscored.map(({ item }) => item) };
    const { ruler, own, ranks, needs } = await scoresOf(this.#scorer, asked);
    const offered = scoredBy(unscored, own ?? [], ranks, needs);
    this.#priceOf(ruler);
    const leader = ruler.policy;
    const isIdle =
      (own === null && ranks === null) || (leader.plans === 'holders' && question.kind === 'user');
    const decided = plan(isIdle ? [] : offered, {
      ledger: this.#ledger,
      mode: planMode(leader, this.#push, this.#price),
      metadataThreshold: this.#push.metadataThreshold,
      allowance: view.allowance(question.nowMs),
      knows: ({ item, bundle: [hash] }) => hash !== undefined && view.knows(item, hash.dataHash),
    });
    if (unscored.length > 0 && own !== null) this.#policy.planned?.(asked, contentOf(decided));
    const pushes = decided.map((push) => ({ ...push, reasons: leader.explain(asked, push.scored.item) }));
    const offersTo: OffersTo = (lacks) =>
      this.#offersOf(question, (head) => admits(head.item) && lacks(head));
    if (before.isFirst && this.#hedge?.samples(question.user) === true && own !== null) {
      const hedge = this.#hedge;
      await unlessFailed(this.#scorer, () => hedge.plan(question, offersTo));
    }
    if (before.isFirst) this.#rehearsal?.begin(question, offersTo);
    const result = { user: view.user, device: view.device, pushes };
    const tookUs = before.tookUs + this.#stopwatchUs() - started;
    const { user, kind } = question;
    this.#observer?.onPlan({
      kind,
      user,
      device: view.device,
      candidates: items,
      pushable: offered,
      plan: result,
      tookUs,
    });
    return result;
  }

  /** What there is to offer to a shadow's device, whatever real devices hold. */
  #offersOf(
    { kind, user, context, nowMs, items }: Question,
    admits: (head: Head) => boolean,
  ): readonly Scored[] {
    const candidates = kind === 'holder' ? items : this.statistics.candidates(user, context, nowMs, admits);
    return candidates.flatMap((item) => pushable(this.statistics, item, () => undefined));
  }

  #about(kind: Question['kind'], { user, device }: DeviceView, context: UserContext, nowMs: number) {
    return { kind, space: this.space, user, device, context, nowMs };
  }

  /** What another one ranked before says nothing of this one's price. */
  #priceOf(ruler: Ruler): void {
    if (this.#hedge === null || ruler.place === this.#lastRuler) return;
    this.#price.restart(this.#hedge.threshold(ruler));
    this.#lastRuler = ruler.place;
  }

  #stateOf(item: ItemId): ItemState | undefined {
    const head = this.statistics.head(item);
    if (head === undefined || head.dataHash === null) return undefined;
    return { item, dataHash: head.dataHash, bytes: head.sizeBytes };
  }
}
