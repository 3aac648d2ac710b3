import type { DeviceView } from '../../domain/engine-port.js';
import type { ExplainedPush } from '../../domain/plan.js';
import type { PushBudget } from '../../domain/session-port.js';
import type { DeviceLink } from './device-link.js';
import type { LiveSpace } from '../space/live-space.js';
import { bytesOf } from '../space/live-space.js';
import type { Member } from '../space/members.js';

/** Queues a planned push for a device, or gives its budget back where the device cannot or will not have it. */
export function offerPush(
  push: ExplainedPush,
  home: Member & Pick<DeviceView, 'holds'> & { readonly live: LiveSpace },
  { outbox, allowance, budget }: DeviceLink,
): void {
  const { space } = home.live;
  if (push.kind === 'metadata') {
    const content = push.scored.bundle.find(({ item }) => item === push.scored.item);
    if (content === undefined || !home.pushable || budget.paused) return;
    outbox.note({ space, content, score: push.scored.score, reasons: push.reasons });
    return;
  }
  if (!home.pushable || !wantsContent(budget)) {
    home.live.heart.refund(bytesOf(push));
    return;
  }
  allowance.spend(bytesOf(push));
  outbox.plan(space, push, (item) => home.holds(item));
  // After it: what was dropped for it left the index.
  for (const { item } of push.scored.bundle) if (home.holds(item) !== undefined) home.live.holds(item, home);
}

/** Whether a device wants contents that nobody asked for. */
export const wantsContent = ({ paused, metadataOnly }: PushBudget): boolean => !paused && !metadataOnly;
