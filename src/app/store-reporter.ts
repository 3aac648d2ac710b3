import type { Durability } from '../domain/checkpoint.js';
import type { ForesyncError } from '../domain/errors.js';
import type { StoreObserver } from '../store/open.js';
import type { Logger } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics.js';

/** How long without a degraded write it takes until that is over, ms. */
const CALM_MS = 5_000;

/**
 * Shows a node's store to its operator: everything is counted, and what changes is logged. Whoever watches the health of
 * the store hears of degraded writes, and of their end when a write is replicated again and none was degraded for a while.
 */
export class StoreReporter implements StoreObserver {
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  /** Now, ms, by a clock that never goes back. */
  readonly #now: () => number;
  #degradedAt: number | null = null;
  #onTurn: (whole: boolean) => void = () => undefined;

  constructor(metrics: Metrics, logger: Logger, now: () => number) {
    this.#metrics = metrics;
    this.#logger = logger;
    this.#now = now;
  }

  /** Tells from now on, and at once, whether what is acknowledged is as safe as it should be. */
  follow(onTurn: (whole: boolean) => void): void {
    this.#onTurn = onTurn;
    onTurn(this.#degradedAt === null);
  }

  acknowledged(durability: Durability): void {
    this.#metrics.storeWrites.inc({ durability });
    if (durability === 'degraded') this.#degraded();
    else if (this.#degradedAt !== null && this.#now() - this.#degradedAt > CALM_MS) this.#whole();
  }

  retried(reason: string): void {
    this.#metrics.storeRetries.inc({ reason });
  }

  logLost(): void {
    this.#metrics.storeLogsLost.inc();
    this.#logger.warn(
      'the store lost a log, or its server was started again: devices compare and start anew',
    );
  }

  fault(error: ForesyncError): void {
    this.#metrics.faults.inc({ what: 'store' });
    this.#logger.warn({ what: 'store', err: error }, 'fault');
  }

  #degraded(): void {
    const before = this.#degradedAt;
    this.#degradedAt = this.#now();
    if (before !== null) return;
    this.#logger.warn('the store has a shard without replicas: writes are acknowledged as DEGRADED');
    this.#onTurn(false);
  }

  #whole(): void {
    this.#degradedAt = null;
    this.#logger.info('writes of the store are replicated again');
    this.#onTurn(true);
  }
}
