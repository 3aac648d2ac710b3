import type { Durability } from '../domain/checkpoint.js';
import type { Identity } from '../domain/identity.js';
import type { DataHash, ItemId, SpaceId } from '../domain/ids.js';
import type { Head } from '../domain/item.js';
import type { Position } from '../domain/position.js';
import { readableSpace, writeGranted } from './access.js';
import { itemUnknown } from './checkpoint-of.js';
import { conflict } from './conflict.js';
import type { ContentDeps } from './deps.js';
import { positionOf } from './position-of.js';

/** A delete that took effect. */
export interface Deleted {
  readonly position: Position;
  readonly durability: Durability;
}

/**
 * Deletes an item, if its hash is `ifMatch` where that is given. Throws SPACE_FORBIDDEN, SPACE_UNKNOWN, ITEM_UNKNOWN, or
 * CONFLICT with the current checkpoint.
 */
export async function deleteContent(
  deps: ContentDeps,
  identity: Identity,
  order: { readonly space: SpaceId; readonly item: ItemId; readonly ifMatch: DataHash | null },
): Promise<Deleted> {
  const { space, item, ifMatch } = order;
  writeGranted(identity, space);
  await readableSpace(deps, identity, space);
  const result = await deps.store.spaces.commit({
    space,
    item,
    dataHash: null,
    sizeBytes: 0,
    timestampMs: deps.clock.now(),
    edges: [],
    writer: identity.device === null ? null : identity.user,
    audience: [],
    condition: ifMatch === null ? { kind: 'always' } : { kind: 'matches', dataHash: ifMatch },
  });
  if (result.kind === 'committed')
    return { position: positionOf(result.change), durability: result.durability };
  throw existing(result.current) ? await conflict(deps, space, result.current) : itemUnknown(item);
}

const existing = (head: Head | null): boolean => (head?.dataHash ?? null) !== null;
