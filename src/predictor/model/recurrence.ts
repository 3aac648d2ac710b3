import type { Step } from '../../domain/activity.js';
import type { UserContext } from '../../domain/context.js';
import type { Question } from '../../domain/engine-port.js';
import { ForesyncError } from '../../domain/errors.js';
import type { Pseudonym } from '../../domain/ids.js';
import type { Model, RecurrentStates } from '../../domain/model-port.js';
import type { Counts } from '../counts.js';
import { descriptorOf } from '../descriptors.js';

export interface RecurrenceParts {
  readonly counts: Counts;
  /** Lends the model of now for some work. */
  readonly use: <T>(work: (model: Model) => Promise<T>) => Promise<T>;
  readonly states: RecurrentStates;
  /** A step that did not reach a user's state, other than by the model's own failure: the state goes on from the one before. */
  onLost(error: unknown): void;
}

/** Steps of one user that may wait for the model; further ones do not reach the state. */
const MOST_BEHIND = 32;

interface Moving {
  steps: number;
  end: Promise<void>;
  /** The user was forgotten: what is under way counts no more. */
  isOver: boolean;
}

/** Follows the users of a space with a recurrent model: their steps move their states, and candidates are scored with them. */
export class Recurrence {
  readonly #parts: RecurrenceParts;
  /** Users whose states are moving: how many steps wait, and the end of the last. */
  readonly #moving = new Map<Pseudonym, Moving>();

  constructor(parts: RecurrenceParts) {
    this.#parts = parts;
  }

  /** Describes a step that the statistics have not learned yet; the state follows when the model has time. */
  observe(step: Step, before: UserContext): void {
    const { user } = step;
    const moving = this.#moving.get(user) ?? { steps: 0, end: Promise.resolve(), isOver: false };
    if (moving.steps >= MOST_BEHIND) return;
    const descriptor = descriptorOf(this.#parts.counts, step, before);
    moving.steps += 1;
    this.#moving.set(user, moving);
    moving.end = moving.end
      .then(() => this.#advance(user, descriptor, moving))
      .catch((error: unknown) => this.#lost(error))
      .then(() => {
        moving.steps -= 1;
        if (moving.steps === 0 && !moving.isOver) this.#moving.delete(user);
      });
  }

  /** Another node moved a user's state: the next use reads it from the store. */
  movedElsewhere(user: Pseudonym): void {
    this.#parts.states.forget(user);
  }

  /** The model's logit of each item, after the user's steps so far. Throws MODEL_FAILED, STORE_UNAVAILABLE. */
  async logits({ user, items }: Question, features: Float32Array): Promise<Float32Array> {
    await this.#moving.get(user)?.end;
    return this.#parts.use(async (model) => {
      const states = await this.#stateOf(user, model);
      return model.score({ states, features, owners: new Int32Array(items.length) });
    });
  }

  /** Drops a user's state, and the steps that would move it. */
  forget(user: Pseudonym): void {
    const moving = this.#moving.get(user);
    if (moving !== undefined) moving.isOver = true;
    this.#moving.delete(user);
    this.#parts.states.forget(user);
  }

  /** Resolves when no state moves any more. */
  async idle(): Promise<void> {
    while (this.#moving.size > 0) await Promise.all(Array.from(this.#moving.values(), ({ end }) => end));
  }

  async #advance(user: Pseudonym, descriptors: Float32Array, moving: Moving): Promise<void> {
    if (moving.isOver) return;
    await this.#parts.use(async (model) => {
      const states = await this.#stateOf(user, model);
      const advanced = await model.advance({ states, descriptors });
      if (!moving.isOver) await this.#parts.states.put(user, model.id, advanced);
    });
  }

  async #stateOf(user: Pseudonym, { id, sizes }: Model): Promise<Float32Array> {
    return (await this.#parts.states.get(user, id)) ?? new Float32Array(sizes.state);
  }

  /** The model counts its own failures. */
  #lost(error: unknown): void {
    if (!(error instanceof ForesyncError && error.code === 'MODEL_FAILED')) this.#parts.onLost(error);
  }
}
