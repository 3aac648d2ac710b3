import type { Composed } from '../outbox/drawn.js';
import type { Doubt } from '../outbox/doubts.js';
import { compare } from '../sync/compare.js';
import type { Frame } from './frame.js';

/**
 * What is current of an item, if the device holds something else: an invalidation. Also if it holds just that, where it
 * may have been told otherwise before.
 */
export function composeTruth(frame: Frame, { space, item, tellAnyway }: Doubt): Composed | null {
  const { outbox, followed, tally } = frame.deps;
  const head = frame.heads.get(space, item);
  const underWay = outbox.onItsWay(space, item);
  if (underWay?.state === 'moving' && compare(underWay.dataHash, head) !== 'current')
    underWay.outdated = true;
  const arriving = outbox.arriving(space, item)?.dataHash;
  const held = arriving ?? followed.get(space)?.ledger.held.get(item);
  const isTrue = held === undefined || compare(held, head) === 'current';
  if (isTrue && !tellAnyway) return null;
  tally.invalidations++;
  const { version, dataHash } = head ?? { version: 0, dataHash: null };
  return { carries: 'nothing', body: { kind: 'invalidation', space, item, version, dataHash } };
}
