import type { Policy } from '../domain/engine-port.js';
import type { SpaceId } from '../domain/ids.js';
import type { BudgetTerms } from '../planner/ledger.js';
import type { Statistics } from '../predictor/statistics.js';
import { Rehearsal, type RehearsalParts } from '../session/space/rehearsal.js';
import type { PolicyFactory } from './rankings.js';

/** A second model that scores beside the policy and pushes nothing, and who hears what it would have been worth. */
export interface Understudy {
  readonly policy: PolicyFactory;
  readonly onOpened: RehearsalParts['onOpened'];
  readonly onFailed: RehearsalParts['onFailed'];
}

export interface RehearsedSpace {
  readonly space: SpaceId;
  readonly statistics: Statistics;
  /** Who ranks the plans that are made. */
  readonly policy: Policy;
  readonly push: BudgetTerms;
}

/** A space's rehearsal, as its engine is given it; nothing without an understudy. */
export function rehearsalOf(
  understudy: Understudy | null,
  { space, statistics, policy, push }: RehearsedSpace,
): { readonly rehearsal?: Rehearsal } {
  if (understudy === null) return {};
  const second = understudy.policy(space, statistics);
  return { rehearsal: new Rehearsal({ ...understudy, first: policy, second, budget: push }) };
}
