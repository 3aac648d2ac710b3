import { ForesyncError } from '../../domain/errors.js';
import type { SpaceId } from '../../domain/ids.js';
import type { Ack, HeldContent } from '../../domain/session-port.js';
import type { SpaceStore } from '../../domain/store-port.js';
import type { Outbox } from '../../outbox/outbox.js';
import type { FollowedSpace } from '../device/followed-space.js';
import type { Tally } from '../device/tally.js';

export interface AckDeps {
  readonly spaces: Pick<SpaceStore, 'heads'>;
  readonly outbox: Outbox;
  readonly followed: ReadonlyMap<SpaceId, FollowedSpace>;
  readonly tally: Tally;
}

/**
 * What the device has stored, opened, come to hold and dropped, in this order: so its manifest stays true, and what was
 * opened earns its budget. Throws FIELD_INVALID for deliveries that were never sent and for spaces it does not follow.
 */
export async function receiveAck(deps: AckDeps, ack: Ack): Promise<void> {
  for (const [field, contents] of Object.entries({
    opened: ack.opened,
    held: ack.held,
    evicted: ack.evicted,
  }))
    mustFollow(deps, `ack.${field}`, contents);
  const { stored, rejected, told } = deps.outbox.acknowledge(ack.delivery, ack.rejected);
  for (const parcel of stored) deps.followed.get(parcel.space)?.stored(parcel);
  for (const one of told) deps.followed.get(one.space)?.knowsNow(one);
  for (const parcel of rejected) {
    deps.tally.rejected++;
    deps.followed.get(parcel.space)?.rejected(parcel);
  }
  for (const { space, item, dataHash, zeroWait } of ack.opened) {
    const home = deps.followed.get(space);
    if (zeroWait && home?.holds(item) === undefined) home?.claims(item, dataHash);
  }
  for (const { space, item, dataHash } of ack.held) deps.followed.get(space)?.claims(item, dataHash);
  for (const { space, item, dataHash } of ack.evicted) deps.followed.get(space)?.dropped(item, dataHash);
  await earn(deps, ack.opened);
}

/** Every open earns the size of what was opened; what no longer exists earns nothing. */
async function earn({ spaces, followed }: AckDeps, opened: readonly HeldContent[]): Promise<void> {
  for (const space of new Set(opened.map((one) => one.space))) {
    const items = opened.filter((one) => one.space === space).map(({ item }) => item);
    const heads = await spaces.heads(space, items);
    for (const head of heads)
      if (head !== null && head.dataHash !== null) followed.get(space)?.live.heart.opened(head.sizeBytes);
  }
}

function mustFollow({ followed }: AckDeps, field: string, contents: readonly HeldContent[]): void {
  const index = contents.findIndex(({ space }) => !followed.has(space));
  if (index < 0) return;
  const name = `${field}[${index}].space`;
  throw new ForesyncError('FIELD_INVALID', `${name} is not followed by this session`, { field: name });
}
