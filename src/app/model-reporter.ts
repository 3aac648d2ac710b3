import type { ForesyncError } from '../domain/errors.js';
import type { BreakerObserver } from '../predictor/model/breaker.js';
import type { BreakerState } from '../predictor/model/breaker-state.js';
import type { Logger } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { ModelObserver } from './model.js';

const STATES = ['closed', 'open', 'half-open'] as const satisfies readonly BreakerState['kind'][];

/** Shows a node's model to its operator: each failure is counted, and only what changes is logged. */
export class ModelReporter implements ModelObserver {
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  #current: object = {};
  #answers = true;
  #onTurn: (answers: boolean) => void = () => undefined;

  constructor(metrics: Metrics, logger: Logger) {
    this.#metrics = metrics;
    this.#logger = logger;
  }

  /** Tells from now on, and at once, whether the model answers. */
  follow(onTurn: (answers: boolean) => void): void {
    this.#onTurn = onTurn;
    onTurn(this.#answers);
  }

  loaded(id: string): BreakerObserver {
    const own = {};
    this.#current = own;
    this.#metrics.modelLoads.inc({ result: 'loaded' });
    this.#logger.info({ model: id }, 'the model is loaded');
    this.#show('closed');
    return {
      failed: (reason) => this.#metrics.modelFailures.inc({ reason }),
      refused: (reason) => this.#metrics.modelFailures.inc({ reason }),
      // What a model does that was replaced concerns nobody.
      turned: (state) => this.#current === own && this.#show(state),
    };
  }

  refused(error: ForesyncError): void {
    this.#metrics.modelLoads.inc({ result: 'refused' });
    this.#logger.error({ err: error }, 'the model is refused');
  }

  /** A plan was made without the model. */
  missed(error: ForesyncError): void {
    this.#metrics.plansWithoutModel.inc({ reason: error.details.facts?.['reason'] ?? 'unknown' });
  }

  #show(state: BreakerState['kind']): void {
    for (const one of STATES) this.#metrics.modelState.set({ state: one }, one === state ? 1 : 0);
    const answers = state === 'closed';
    // A probe that fails is no news.
    if (state === 'half-open' || answers === this.#answers) return;
    this.#answers = answers;
    if (answers) this.#logger.info('the model answers again');
    else this.#logger.warn('the model is shut off: it failed too often, and nothing is pushed by it');
    this.#onTurn(answers);
  }
}
