import type { ReplayResult } from '../figure-types.js';
import { bytes, percent, whole } from './format.js';
import { bestPolicy } from './standing.js';

/** What the replay showed, in one sentence of plain words. */
export function headline(result: ReplayResult): string {
  const none = result.policies.get('none')?.figures;
  const winner = bestPolicy(result);
  if (none === undefined)
    return 'How many waits pushing removed is not known: the policy “none” did not run.';
  if (none.opens === 0) return 'The measured part of the trace has no opens: there is nothing to tell.';
  if (none.opens === none.zeroWait)
    return `None of ${whole(none.opens)} opens had to wait: there was nothing to remove.`;
  const waits = none.opens - none.zeroWait;
  const alone = `Of ${whole(none.opens)} opens, ${whole(waits)} had to wait with a cache alone`;
  if (winner === null || (winner.figures.waitsRemoved ?? 0) <= 0)
    return `${alone}; pushing removed none of these waits.`;
  const saved = winner.figures.zeroWait - none.zeroWait;
  const pushed = `${bytes(winner.figures.pushedBytes)} pushed`;
  return `${alone}; pushing with “${winner.policy}” removed ${whole(saved)} of these waits (${percent(winner.figures.waitsRemoved, 0)}), for ${pushed}.`;
}
