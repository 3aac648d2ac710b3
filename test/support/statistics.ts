import type { Step } from '../../src/domain/activity.js';
import { EMPTY_CONTEXT, type UserContext } from '../../src/domain/context.js';
import type { Question } from '../../src/domain/engine-port.js';
import { deviceId, itemId, pseudonym, spaceId, type Pseudonym } from '../../src/domain/ids.js';
import type { Change, Head } from '../../src/domain/item.js';
import { fold } from '../../src/context/reducer.js';
import { Statistics } from '../../src/predictor/statistics.js';

/** Statistics that learned steps of several users in order, and the users' contexts. Every item of them exists. */
export class History {
  readonly statistics: Statistics;
  readonly #contexts = new Map<Pseudonym, UserContext>();
  #changes = 0;

  constructor(statistics: Statistics = new Statistics({ candidateLimit: 250 })) {
    this.statistics = statistics;
  }

  /** The steps happen, whoever's they are; unknown items are put first. */
  learn(...steps: readonly Step[]): this {
    for (const step of steps) {
      for (const { item } of step.items)
        if (this.statistics.head(item) === undefined) this.change(item, step.timeMs);
      const before = this.contextOf(step.user);
      this.statistics.learn(step, before);
      this.#contexts.set(step.user, fold(before, step));
    }
    return this;
  }

  /** The item gets a new content. */
  change(
    item: string,
    timeMs: number,
    head: Partial<Head> = {},
    writer: string | null = null,
    epoch = 'e',
  ): this {
    this.#changes += 1;
    const change: Change = {
      space: spaceId('s'),
      epoch,
      head: {
        item: itemId(item),
        shard: 0,
        version: this.#changes,
        dataHash: `hash ${this.#changes}` as Head['dataHash'], // any hash that no other content has
        sizeBytes: 1024,
        timestampMs: timeMs,
        edges: [],
        ...head,
      },
      previousHash: null,
      writer: writer === null ? null : pseudonym(writer),
      audience: [],
    };
    this.statistics.changed(change);
    return this;
  }

  contextOf(user: string): UserContext {
    return this.#contexts.get(pseudonym(user)) ?? EMPTY_CONTEXT;
  }

  /** What a plan would ask about some items. */
  question(user: string, items: readonly string[], nowMs: number): Question {
    return {
      space: spaceId('s'),
      kind: 'user',
      user: pseudonym(user),
      device: deviceId('d'),
      context: this.contextOf(user),
      items: items.map(itemId),
      nowMs,
    };
  }
}
