import type { Durability } from '../domain/checkpoint.js';
import type { ForesyncError } from '../domain/errors.js';

/** Hears how a store fares; for metrics, logs and health. Must not throw. */
export interface StoreObserver {
  /** A write was acknowledged. */
  acknowledged(durability: Durability): void;
  /** A call is tried again: `moved`, `ask`, `load` (scripts), `again` (failover, migration, slow replicas). */
  retried(reason: string): void;
  /** A log was found lost; devices that stand in it start anew. */
  logLost(): void;
  /** Something failed that nobody waits for and that heals by itself later. */
  fault(error: ForesyncError): void;
}

/** Nobody listens. */
export const UNOBSERVED: StoreObserver = {
  acknowledged: () => undefined,
  retried: () => undefined,
  logLost: () => undefined,
  fault: () => undefined,
};
