import type { Sha256 } from '@foresync/protocol/digest';
import type { Model } from '@foresync/ranking';
import { clientError } from './client-error.js';

/** A model that a device may use until it gives it back. */
export interface LentModel {
  /** The model, opened if it is not. Rejects with MODEL_INVALID; the next call tries again. */
  now(): Promise<Model>;
  /** The last one to give it back closes it. */
  giveBack(): Promise<void>;
}

/** One model for all devices of a ranking: open while one of them has it. */
export class SharedModel {
  readonly #open: (sha256: Sha256) => Promise<Model>;
  #users = 0;
  #model: Promise<Model> | undefined;

  constructor(open: (sha256: Sha256) => Promise<Model>) {
    this.#open = open;
  }

  /** Begins to open it, so that it is there when the network is not. */
  lend(sha256: Sha256): LentModel {
    this.#users++;
    const now = (): Promise<Model> => (this.#model ??= this.#opened(sha256));
    // Why it failed is told to whoever ranks.
    now().catch(() => undefined);
    return { now, giveBack: () => this.#giveBack() };
  }

  #opened(sha256: Sha256): Promise<Model> {
    const model = this.#open(sha256).catch((thrown: unknown) => {
      // Since then it may have been given back, and another one be under way.
      if (this.#model === model) this.#model = undefined;
      throw clientError(thrown);
    });
    return model;
  }

  async #giveBack(): Promise<void> {
    this.#users--;
    if (this.#users > 0) return;
    const last = this.#model;
    this.#model = undefined;
    const model = await last?.catch(() => undefined);
    await model?.close();
  }
}
