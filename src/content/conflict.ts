import { ForesyncError } from '../domain/errors.js';
import type { SpaceId } from '../domain/ids.js';
import type { Head } from '../domain/item.js';
import { checkpointOf, dependencyHashes } from './checkpoint-of.js';
import type { ContentDeps } from './deps.js';

/** CONFLICT, with the item's current checkpoint attached if the item exists. */
export async function conflict(
  deps: Pick<ContentDeps, 'store'>,
  space: SpaceId,
  current: Head | null,
): Promise<ForesyncError> {
  const hash = current?.dataHash ?? null;
  if (current === null || hash === null) {
    const facts = { current: 'absent' };
    return new ForesyncError('CONFLICT', 'the item does not exist (any more)', { facts });
  }
  const dependencies = await dependencyHashes(deps.store.spaces, space, current.edges);
  return new ForesyncError('CONFLICT', 'the item has another content now', {
    facts: { current: hash, version: String(current.version) },
    attachment: checkpointOf(space, current, { dependencyHashes: dependencies }),
  });
}
