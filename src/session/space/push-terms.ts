import type { Policy } from '../../domain/engine-port.js';
import type { PlanMode } from '../../planner/planner.js';
import type { Price } from '../../planner/price.js';

/** How a space decides what to push (DESIGN.md 8); one configuration for all spaces of a server. */
export interface PushTerms {
  /** Bytes that may be pushed for each byte that is opened. */
  readonly ratio: number;
  /** Bytes that may be pushed before anything was opened. */
  readonly startBytes: number;
  /** Score from which on content is pushed, whatever its price; null: the space's price decides. */
  readonly threshold: number | null;
  /** Score from which on metadata is pushed where content is not; null: never. */
  readonly metadataThreshold: number | null;
}

/** How plans of a policy are decided. */
export function planMode(
  { payment, byNeed = false }: Pick<Policy, 'payment' | 'byNeed'>,
  { threshold }: PushTerms,
  price: Price,
): PlanMode {
  if (payment === 'first-come') return { kind: 'first-come' };
  return threshold === null ? { kind: 'price', price, byNeed } : { kind: 'threshold', content: threshold };
}
