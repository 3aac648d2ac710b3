import type { Checkpoint } from '../domain/checkpoint.js';
import type { Identity } from '../domain/identity.js';
import type { SpaceId } from '../domain/ids.js';
import { readableSpace } from './access.js';
import { checkpointOf } from './checkpoint-of.js';
import type { ContentDeps } from './deps.js';

/** What is listed: the items whose id starts with `prefix`, after the item `after` ('' = from the start). */
export interface ListOrder {
  readonly space: SpaceId;
  readonly prefix: string;
  readonly after: string;
  readonly pageSize: number;
}

/** A page of items in order of their ids' UTF-8 bytes. `next` is the last one's id, null on the last page. */
export interface ItemPage {
  readonly checkpoints: readonly Checkpoint[];
  readonly next: string | null;
}

/** Lists items, without their dependency hashes. Throws SPACE_FORBIDDEN, SPACE_UNKNOWN. */
export async function listContent(
  deps: Pick<ContentDeps, 'store'>,
  identity: Identity,
  order: ListOrder,
): Promise<ItemPage> {
  const { space, prefix, after, pageSize } = order;
  await readableSpace(deps, identity, space);
  const heads = await deps.store.spaces.list(space, prefix, after, pageSize + 1);
  const page = heads.slice(0, pageSize);
  return {
    checkpoints: page.map((head) => checkpointOf(space, head)),
    next: heads.length > pageSize ? (page.at(-1)?.item ?? null) : null,
  };
}
