import type { Checkpoint } from '../domain/checkpoint.js';
import { ForesyncError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import type { DataHash, ItemId, SpaceId } from '../domain/ids.js';
import type { BlobStore } from '../domain/store-port.js';
import { readableSpace } from './access.js';
import type { CheckpointFacts } from './checkpoint-of.js';
import { checkpointOf, dependencyHashes, itemUnknown } from './checkpoint-of.js';
import type { ContentDeps } from './deps.js';

/** A read: the item's checkpoint, and its content unless the reader has it. */
export type Read =
  | { readonly kind: 'not-modified'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'found'; readonly checkpoint: Checkpoint; readonly content: AsyncIterable<Uint8Array> };

/**
 * Reads an item. `ifNoneMatch` is the hash that the reader holds. The content comes in chunks of `chunkBytes`, each read when
 * it is asked for. Throws SPACE_FORBIDDEN, SPACE_UNKNOWN, ITEM_UNKNOWN.
 */
export async function getContent(
  deps: ContentDeps,
  identity: Identity,
  order: { readonly space: SpaceId; readonly item: ItemId; readonly ifNoneMatch: DataHash | null },
): Promise<Read> {
  await readableSpace(deps, identity, order.space);
  const head = await deps.store.spaces.head(order.space, order.item);
  const hash = head?.dataHash ?? null;
  if (head === null || hash === null) throw itemUnknown(order.item);
  const checkpoint = checkpointOf(order.space, head, {
    dependencyHashes: await dependencyHashes(deps.store.spaces, order.space, head.edges),
    ...(await userFacts(deps, identity, order)),
  });
  if (order.ifNoneMatch === hash) return { kind: 'not-modified', checkpoint };
  return {
    kind: 'found',
    checkpoint,
    content: chunksOf(deps.store.blobs, checkpoint, deps.limits.chunkBytes),
  };
}

/** What is kept of the item for the reader: a checkpoint is per user and item. A backend reads the item's own. */
async function userFacts(
  deps: ContentDeps,
  identity: Identity,
  { space, item }: { readonly space: SpaceId; readonly item: ItemId },
): Promise<CheckpointFacts> {
  if (identity.device === null) return {};
  const [known] = await deps.store.users.checkpoints(identity.user, space, [item]);
  if (known === undefined || known === null) return {};
  return { userContext: known.userContext, predictionScore: known.predictionScore };
}

/** A content in chunks. Throws STORE_UNAVAILABLE if it was replaced and removed meanwhile: reading again is safe. */
export async function* chunksOf(
  blobs: Pick<BlobStore, 'read'>,
  content: { readonly dataHash: DataHash; readonly sizeBytes: number },
  chunkBytes: number,
): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < content.sizeBytes; offset += chunkBytes) {
    const chunk = await blobs.read(
      content.dataHash,
      offset,
      Math.min(chunkBytes, content.sizeBytes - offset),
    );
    if (chunk === null || chunk.length === 0) {
      throw new ForesyncError('STORE_UNAVAILABLE', 'the content was replaced while it was read: read again');
    }
    yield chunk;
  }
}
