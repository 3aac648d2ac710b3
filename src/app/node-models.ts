import type { Config } from '../config.js';
import type { LiveModel } from '../predictor/model/live-model.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { LoadModel, ModelObserver, ModelSource } from './model.js';
import { openLiveModel, reloadModel, SHIPPED_MODEL } from './model.js';
import { needsModel, rehearsing } from './rankings.js';
import type { Understudy } from './understudy.js';

interface Owned {
  readonly source: ModelSource;
  readonly live: LiveModel;
}

export interface NodeModelsOptions {
  /** Whether the configured policy ranks; else the first model is not needed. */
  readonly ranks: boolean;
  readonly load: LoadModel | undefined;
  /** Hears of the first model. */
  readonly observer: ModelObserver;
}

/** The models of a node: the one that its policy asks, and one that only rehearses; either may be missing. */
export class NodeModels {
  readonly #first: Owned | null;
  readonly #second: Owned | null;

  private constructor(first: Owned | null, second: Owned | null) {
    this.#first = first;
    this.#second = second;
  }

  /** Throws MODEL_INVALID, and then nothing stays open. */
  static async open({ push }: Config, options: NodeModelsOptions): Promise<NodeModels> {
    const { ranks, load, observer } = options;
    const folder = push.model ?? SHIPPED_MODEL;
    const first = ranks && needsModel(push.policy) ? await owned({ folder, load, observer }) : null;
    try {
      const second = push.shadowModel === null ? null : await owned({ folder: push.shadowModel, load });
      return new NodeModels(first, second);
    } catch (error) {
      await first?.live.close();
      throw error;
    }
  }

  get first(): LiveModel | null {
    return this.#first?.live ?? null;
  }

  /** What the second one is to the hearts of spaces; null if there is none. */
  understudy(metrics: Metrics): Understudy | null {
    if (this.#second === null) return null;
    const onFailed = (): void => metrics.shadowFailures.inc();
    return {
      policy: rehearsing(this.#second.live, onFailed),
      onFailed,
      onOpened: ({ first, second }, opens) => {
        metrics.shadowOpens.inc(opens);
        metrics.shadowHits.inc({ of: 'policy' }, first);
        metrics.shadowHits.inc({ of: 'shadow' }, second);
      },
    };
  }

  /** Swaps each to what is in its folder now. Throws MODEL_INVALID, and then that one of before goes on. */
  async reload(): Promise<void> {
    for (const one of [this.#first, this.#second]) if (one !== null) await reloadModel(one.live, one.source);
  }

  async close(): Promise<void> {
    await Promise.all([this.#first?.live.close(), this.#second?.live.close()]);
  }
}

async function owned(source: ModelSource): Promise<Owned> {
  return { source, live: await openLiveModel(source) };
}
