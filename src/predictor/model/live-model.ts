import type { AdvanceBatch, Model, ModelSizes, ScoreBatch } from '../../domain/model-port.js';
import { modelFailed } from './failures.js';

/**
 * The model of now, replaced while calls run: those that began with the old one end with it, then it is closed. States
 * belong to one model, so whoever carries some from call to call does that within one `use`.
 */
export class LiveModel implements Model {
  #current: Tenure | null;
  #loading: Promise<unknown> = Promise.resolve();

  constructor(first: Model) {
    this.#current = new Tenure(first);
  }

  get id(): string {
    return this.#tenure().model.id;
  }

  get sizes(): ModelSizes {
    return this.#tenure().model.sizes;
  }

  /** Does some work with one and the same model, which stays open until the work has ended. */
  async use<T>(work: (model: Model) => Promise<T>): Promise<T> {
    return this.#tenure().use(work);
  }

  async advance(batch: AdvanceBatch): Promise<Float32Array> {
    return this.use((model) => model.advance(batch));
  }

  async score(batch: ScoreBatch): Promise<Float32Array> {
    return this.use((model) => model.score(batch));
  }

  /** New calls use `next`. Resolves when the old one has ended its calls and is closed; throws what its closing throws. */
  async swap(next: Model): Promise<void> {
    const old = this.#tenure();
    this.#current = new Tenure(next);
    await old.end();
  }

  /**
   * Opens a model and swaps to it, one after the other if asked for several at once. If opening throws, the old one stays
   * and the error is the caller's.
   */
  load(open: () => Promise<Model>): Promise<void> {
    const loaded = this.#loading.then(async () => {
      const next = await open();
      if (this.#current === null) await next.close();
      await this.swap(next);
    });
    this.#loading = loaded.catch(() => undefined);
    return loaded;
  }

  /** Calls that run end; later ones throw MODEL_FAILED. */
  async close(): Promise<void> {
    const last = this.#current;
    this.#current = null;
    await last?.end();
  }

  #tenure(): Tenure {
    if (this.#current === null) throw modelFailed('closed', 'the model is closed');
    return this.#current;
  }
}

/** A model from its first use to its closing. */
class Tenure {
  readonly model: Model;
  #running = 0;
  #onIdle: (() => void) | null = null;

  constructor(model: Model) {
    this.model = model;
  }

  async use<T>(work: (model: Model) => Promise<T>): Promise<T> {
    this.#running++;
    try {
      return await work(this.model);
    } finally {
      if (--this.#running === 0) this.#onIdle?.();
    }
  }

  /** Nobody begins any more: waits for those who run, then closes. */
  async end(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    await this.model.close();
  }
}
