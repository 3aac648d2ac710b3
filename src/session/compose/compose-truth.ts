import type { Composed } from '../../outbox/drawn.js';
import type { Doubt } from '../../outbox/doubts.js';
import { compare } from '../../sync/compare.js';
import type { Frame } from './frame.js';

/**
 * What is current of an item, if the device holds something else: an invalidation. Also if it holds just that, where it
 * may have been told otherwise before. Either way it then knows how the item stands.
 */
export function composeTruth(frame: Frame, doubt: Doubt): Composed | null {
  const { space, item, tellAnyway } = doubt;
  const { outbox, followed, tally } = frame.deps;
  const home = followed.get(space);
  if (home === undefined) return null;
  const { held: manifest } = home.ledger;
  const head = frame.heads.get(space, item);
  const underWay = outbox.onItsWay(space, item);
  const isOldMoving = underWay?.state === 'moving' && compare(underWay.dataHash, head) !== 'current';
  if (isOldMoving) underWay.outdated = true;
  const arriving = outbox.arriving(space, item)?.dataHash;
  const held = arriving ?? manifest.get(item);
  // What is old and still moving is compared again when it has arrived.
  const reason = isOldMoving ? 0 : frame.reason(doubt);
  const isTrue = held === undefined || compare(held, head) === 'current';
  if (isTrue && !tellAnyway) {
    manifest.trust(item, reason);
    return null;
  }
  tally.invalidations++;
  const { version, dataHash } = head ?? { version: 0, dataHash: null };
  const body = { kind: 'invalidation', space, item, version, dataHash } as const;
  return { carries: 'truth', body, told: { space, item, reason } };
}
