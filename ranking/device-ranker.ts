import { fold } from '../src/context/reducer.js';
import { stepsOf } from '../src/context/steps.js';
import type { ActivityBatch } from '../src/domain/activity.js';
import type { Reason } from '../src/domain/checkpoint.js';
import { EMPTY_CONTEXT, type UserContext } from '../src/domain/context.js';
import type { Question } from '../src/domain/engine-port.js';
import { deviceId, pseudonym, type ItemId, type SpaceId } from '../src/domain/ids.js';
import type { Head } from '../src/domain/item.js';
import type { Model } from '../src/domain/model-port.js';
import { featuresOf } from '../src/predictor/features.js';
import { Recurrence } from '../src/predictor/model/recurrence.js';
import { reasonsFor } from '../src/predictor/reasons.js';
import { Statistics } from '../src/predictor/statistics.js';
import { viewOf } from '../src/predictor/view.js';
import { othersTurn } from './others-turn.js';
import { OwnState } from './own-state.js';

/** An item and how likely it is opened next. */
export interface Ranked {
  readonly item: ItemId;
  /** Probability that the user opens it within their next ten steps, from 0 to 1. */
  readonly score: number;
  /** The strongest reasons, at most 3. */
  readonly reasons: readonly Reason[];
}

/** Items that are scored, and steps that are learned, before others get their turn, some milliseconds each: the model keeps the thread. */
const TURN_ITEMS = 256;
const TURN_STEPS = 16;

// Whoever uses the device is the only one that its statistics know.
const USER = pseudonym('own');
const DEVICE = deviceId('own');

/**
 * Follows the one user of a device in a space as a server follows everybody in it, with the same context, statistics,
 * features and network, and ranks items by that. Memory grows with the items that it is told of, a few kilobytes each.
 * Calls must not overlap.
 */
export class DeviceRanker {
  readonly #space: SpaceId;
  readonly #model: Model;
  readonly #statistics = new Statistics({ candidateLimit: 0 });
  readonly #recurrence: Recurrence;
  #context: UserContext = EMPTY_CONTEXT;

  /** The model stays the caller's, who closes it. */
  constructor(space: SpaceId, model: Model) {
    this.#space = space;
    this.#model = model;
    this.#recurrence = new Recurrence({
      counts: this.#statistics.counts,
      use: (work) => work(this.#model),
      states: new OwnState(),
      // Nothing is read or written here: there is nothing that could fail but the model, which its caller hears of.
      onLost: (error) => {
        throw error;
      },
    });
  }

  /** Items that it knows by name: of what it was told, and what that refers to. */
  get items(): number {
    return this.#statistics.counts.items.size;
  }

  /** Steps that it learned from. */
  get steps(): number {
    return this.#context.steps;
  }

  /** Learns what the user did. Later batches come later. */
  async follow(batch: ActivityBatch): Promise<void> {
    for (const step of stepsOf(USER, DEVICE, batch)) {
      this.#recurrence.observe(step, this.#context);
      this.#statistics.learn(step, this.#context);
      this.#context = fold(this.#context, step);
      await this.#recurrence.idle();
      if (this.steps % TURN_STEPS === 0) await othersTurn();
    }
  }

  /** Knows an item, or what became of it. `isOwn`: its content is the user's own. */
  know(head: Head, isOwn: boolean): void {
    const { graph, users } = this.#statistics.counts;
    // A content is an epoch of its own: what the device holds now is what counts, whatever version it held before.
    graph.place(head, head.dataHash ?? '', isOwn ? users.number(USER) : -1);
  }

  /** The likeliest of some items, likeliest first, at most `most`; of equals the earlier one first. Throws MODEL_FAILED. */
  async rank(items: readonly ItemId[], nowMs: number, most: number): Promise<readonly Ranked[]> {
    const scores = await this.scores(items, nowMs);
    const best = items
      .map((item, place) => ({ item, score: scores[place] ?? 0 }))
      .sort((a, b) => b.score - a.score)
      .slice(0, most);
    return best.map((ranked) => ({ ...ranked, reasons: this.#reasons(ranked.item, nowMs) }));
  }

  /** The score of each item, in their order. Throws MODEL_FAILED. */
  async scores(items: readonly ItemId[], nowMs: number): Promise<Float64Array> {
    const scores = new Float64Array(items.length);
    for (let at = 0; at < items.length; at += TURN_ITEMS) {
      if (at > 0) await othersTurn();
      const question = this.#question(items.slice(at, at + TURN_ITEMS), nowMs);
      const features = featuresOf(viewOf(this.#statistics.counts, question));
      const logits = await this.#recurrence.logits(question, features);
      scores.set(Float64Array.from(logits, probability), at);
    }
    return scores;
  }

  #question(items: readonly ItemId[], nowMs: number): Question {
    const [space, context] = [this.#space, this.#context];
    return { kind: 'user', space, user: USER, device: DEVICE, context, items, nowMs };
  }

  #reasons(item: ItemId, nowMs: number): readonly Reason[] {
    return reasonsFor(viewOf(this.#statistics.counts, this.#question([item], nowMs)));
  }
}

const probability = (logit: number): number => 1 / (1 + Math.exp(-logit));
