import type { ActivityBatch } from '../../domain/activity.js';
import { ForesyncError } from '../../domain/errors.js';
import type { SpaceStore } from '../../domain/store-port.js';
import type { FollowedSpace } from '../device/followed-space.js';
import type { AppliedBatch } from '../space/space-heart.js';

/**
 * Applies a batch and queues what was planned for it, at every device of the user. Throws what the batch is refused with:
 * FIELD_INVALID for a location that Hello did not permit, ITEM_UNKNOWN, SEQUENCE_GAP. Then nothing was applied.
 */
export async function receiveActivities(
  spaces: Pick<SpaceStore, 'heads'>,
  home: FollowedSpace,
  batch: ActivityBatch,
  locationPermitted: boolean,
): Promise<Exclude<AppliedBatch, { readonly kind: 'gap' }>> {
  if (!locationPermitted) refuseLocation(batch);
  await refuseUnknownItems(spaces, batch);
  const applied = await home.live.heart.applyBatch(home.user, home.device, batch, home.era);
  if (applied.kind === 'gap') throw gap(batch, applied.expected);
  if (applied.kind === 'applied') home.live.offer(applied.plans);
  return applied;
}

function refuseLocation({ activities }: ActivityBatch): void {
  const index = activities.findIndex(({ locationCell }) => locationCell !== null);
  if (index < 0) return;
  const field = `activities[${index}].location_cell`;
  throw new ForesyncError('FIELD_INVALID', `${field} is set, but Hello did not permit location`, { field });
}

/** Deleted items count as known: a device may report late what its user did before. */
async function refuseUnknownItems(
  spaces: Pick<SpaceStore, 'heads'>,
  { space, activities }: ActivityBatch,
): Promise<void> {
  const named = activities.map((activity) => (activity.type === 'searched' ? null : activity.item));
  const items = [...new Set(named.flatMap((item) => item ?? []))];
  if (items.length === 0) return;
  const heads = await spaces.heads(space, items);
  const missing = items.find((_, index) => heads[index] === null);
  if (missing === undefined) return;
  const field = `activities[${named.indexOf(missing)}].item`;
  throw new ForesyncError('ITEM_UNKNOWN', `${field} does not exist in the space`, {
    field,
    facts: { item: missing },
  });
}

function gap({ sequence }: ActivityBatch, expected: number): ForesyncError {
  return new ForesyncError('SEQUENCE_GAP', `activity batch ${sequence} came, ${expected} is expected`, {
    field: 'activities.sequence',
    facts: { expected: String(expected) },
  });
}
