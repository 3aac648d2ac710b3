import type { Checkpoint, Durability } from '../domain/checkpoint.js';
import { ForesyncError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import type { DataHash, ItemId, Pseudonym, SpaceId } from '../domain/ids.js';
import type { Change, Edge, Head } from '../domain/item.js';
import type { Position } from '../domain/position.js';
import type { WriteCondition } from '../domain/store-port.js';
import { writableSpace } from './access.js';
import { checkpointOf, dependencyHashes } from './checkpoint-of.js';
import { conflict } from './conflict.js';
import type { ContentDeps } from './deps.js';
import { positionOf } from './position-of.js';

/** What is to be written. */
export interface PutOrder {
  readonly space: SpaceId;
  readonly item: ItemId;
  readonly condition: WriteCondition;
  /** Hash that the content must have; null = whatever it has. */
  readonly dataHash: DataHash | null;
  readonly sizeBytes: number;
  readonly edges: readonly Edge[];
  /** When the content was modified, ms; null = now. */
  readonly modifiedMs: number | null;
  /** Users whom a backend addresses the change to. */
  readonly audience: readonly Pseudonym[];
}

/** A write that took effect. */
export interface Written {
  readonly checkpoint: Checkpoint;
  readonly position: Position;
  readonly durability: Durability;
}

/**
 * Writes an item: the content streams into the store while its size and hash are checked, then one atomic commit makes it
 * current. Throws SPACE_FORBIDDEN, SPACE_UNKNOWN, ITEM_TOO_LARGE, FIELD_INVALID, HASH_MISMATCH, or CONFLICT with the current
 * checkpoint; nothing is overwritten then.
 */
export async function putContent(
  deps: ContentDeps,
  identity: Identity,
  order: PutOrder,
  content: AsyncIterable<Uint8Array>,
): Promise<Written> {
  checkOrder(deps, identity, order);
  await writableSpace(deps, identity, order.space);
  await refuseEarly(deps, order);
  const hash = await deps.store.blobs.put(content, order.sizeBytes, order.dataHash);
  const result = await deps.store.spaces.commit({
    ...order,
    dataHash: hash,
    timestampMs: order.modifiedMs ?? deps.clock.now(),
    writer: identity.device === null ? null : identity.user,
  });
  if (result.kind === 'conflict') throw await conflict(deps, order.space, result.current);
  return written(deps, result.change, result.durability);
}

function checkOrder(deps: ContentDeps, identity: Identity, order: PutOrder): void {
  const { itemBytes } = deps.limits;
  if (order.sizeBytes > itemBytes) {
    throw new ForesyncError(
      'ITEM_TOO_LARGE',
      `the content has ${order.sizeBytes} bytes, at most ${itemBytes} are allowed`,
      {
        field: 'header.size_bytes',
        facts: { limit: String(itemBytes) },
      },
    );
  }
  if (order.audience.length > 0 && identity.device !== null) {
    throw new ForesyncError('FIELD_INVALID', 'header.audience is for tokens without a device', {
      field: 'header.audience',
    });
  }
}

/**
 * Spares the upload that the commit would refuse; the commit alone decides. A content that is current already is no
 * conflict, so that a write whose answer was lost can be repeated: without its hash nobody knows yet.
 */
async function refuseEarly(deps: ContentDeps, order: PutOrder): Promise<void> {
  if (order.condition.kind === 'always' || order.dataHash === null) return;
  const head = await deps.store.spaces.head(order.space, order.item);
  if (head?.dataHash === order.dataHash || holds(order.condition, head)) return;
  throw await conflict(deps, order.space, head);
}

function holds(condition: WriteCondition, head: Head | null): boolean {
  const current = head?.dataHash ?? null;
  switch (condition.kind) {
    case 'always':
      return true;
    case 'absent':
      return current === null;
    case 'matches':
      return current === condition.dataHash;
  }
}

async function written(deps: ContentDeps, change: Change, durability: Durability): Promise<Written> {
  const { space, head } = change;
  const dependencies = await dependencyHashes(deps.store.spaces, space, head.edges);
  return {
    checkpoint: checkpointOf(space, head, { dependencyHashes: dependencies }),
    position: positionOf(change),
    durability,
  };
}
