import { DeviceRanker } from '../../ranking/device-ranker.js';
import type { ItemId, UserId } from '../../src/domain/ids.js';
import { pseudonym, spaceId } from '../../src/domain/ids.js';
import type { Change } from '../../src/domain/item.js';
import type { Model } from '../../src/domain/model-port.js';
import { activitiesOf } from '../../src/replay/step-activities.js';
import type { TraceStep } from '../../src/replay/trace-types.js';

/** What a device can show first, by name. */
export const ORDERS = [
  'the ranking',
  'most recently used',
  'most often used',
  'last arrived or used',
] as const;

const SPACE = spaceId('trace');

interface Use {
  count: number;
  /** Number of the step. */
  last: number;
}

/** A device that knows what its user did on it and what it holds, and nothing else. */
export class LoneDevice {
  readonly #user: UserId;
  readonly #ranker: DeviceRanker;
  readonly #uses = new Map<ItemId, Use>();
  #steps = 0;

  constructor(user: UserId, model: Model) {
    this.#user = user;
    this.#ranker = new DeviceRanker(SPACE, model);
  }

  /** It holds the content that this change made. */
  know({ head, writer }: Change): void {
    this.#ranker.know(head, writer === pseudonym(this.#user));
  }

  /** What is held, from the least to the most recently used in its buffer, in each of `ORDERS`; best first. */
  async orders(held: readonly ItemId[], nowMs: number): Promise<readonly (readonly ItemId[])[]> {
    const newestFirst = [...held].reverse();
    const uses = newestFirst.map((item) => this.#uses.get(item));
    return [
      ordered(newestFirst, await this.#ranker.scores(newestFirst, nowMs)),
      ordered(
        newestFirst,
        uses.map((use) => use?.last ?? 0),
      ),
      // Of equals the one that was used last.
      ordered(
        newestFirst,
        uses.map((use) => (use === undefined ? 0 : use.count + use.last / (this.#steps + 1))),
      ),
      newestFirst,
    ];
  }

  async did(step: TraceStep): Promise<void> {
    this.#steps++;
    await this.#ranker.follow({ space: SPACE, sequence: this.#steps, activities: activitiesOf(step) });
    for (const { item } of step.items)
      this.#uses.set(item, { count: (this.#uses.get(item)?.count ?? 0) + 1, last: this.#steps });
  }
}

/** The highest value first; of equals the earlier one. */
function ordered(items: readonly ItemId[], values: ArrayLike<number>): readonly ItemId[] {
  return items
    .map((item, place) => ({ item, value: values[place] ?? 0 }))
    .sort((a, b) => b.value - a.value)
    .map(({ item }) => item);
}
