import type { PlanObserver, Policy, SpaceStatistics } from '../../domain/engine-port.js';
import type { ForesyncError } from '../../domain/errors.js';
import type { SpaceId } from '../../domain/ids.js';
import type { PushTerms } from './push-terms.js';
import type { Rehearsal } from './rehearsal.js';

/** What the engine of a space is composed of. */
export interface EngineParts {
  readonly space: SpaceId;
  readonly statistics: SpaceStatistics;
  readonly policy: Policy;
  readonly push: PushTerms;
  /** Sees every plan, for measurements. */
  readonly observer?: PlanObserver;
  /** A running count of microseconds, for `PlanSeen.tookUs`; without it that is 0. */
  readonly stopwatchUs?: () => number;
  /** Whoever scores beside the policy without pushing anything. */
  readonly rehearsal?: Rehearsal;
  /** Hears of a plan that was made without the model, because that failed; left out, the plan fails. */
  readonly onModelFailed?: (error: ForesyncError) => void;
}
