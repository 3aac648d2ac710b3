import { ForesyncError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import type { SpaceId } from '../domain/ids.js';
import type { SpaceMeta } from '../domain/store-port.js';
import type { ContentDeps } from './deps.js';

/** The space, if the token may read it. Throws SPACE_FORBIDDEN, and only then SPACE_UNKNOWN: a token learns of no other spaces. */
export async function readableSpace(
  deps: Pick<ContentDeps, 'store'>,
  identity: Identity,
  space: SpaceId,
): Promise<SpaceMeta> {
  if (!identity.grants.has(space)) throw forbidden(space, 'read');
  return (await deps.store.spaces.meta(space)) ?? unknown(space);
}

/** The space, if the token may write it; made now where spaces are made at their first write. Throws as `readableSpace`. */
export async function writableSpace(
  deps: ContentDeps,
  identity: Identity,
  space: SpaceId,
): Promise<SpaceMeta> {
  writeGranted(identity, space);
  const meta = await deps.store.spaces.meta(space);
  if (meta !== null) return meta;
  return deps.autoCreate === null ? unknown(space) : deps.store.spaces.ensure(space, deps.autoCreate.shards);
}

/** Throws SPACE_FORBIDDEN unless the token may write the space. */
export function writeGranted(identity: Identity, space: SpaceId): void {
  if (identity.grants.get(space) !== 'write') throw forbidden(space, 'write');
}

function forbidden(space: SpaceId, grant: 'read' | 'write'): ForesyncError {
  const facts = { space, grant };
  return new ForesyncError('SPACE_FORBIDDEN', `the token does not grant ${grant} on the space`, { facts });
}

function unknown(space: SpaceId): never {
  throw new ForesyncError('SPACE_UNKNOWN', 'the space does not exist', { field: 'space', facts: { space } });
}
