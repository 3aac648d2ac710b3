import { BlockIndex } from './delta-blocks.js';

/** A run of the target that is the same in the base. */
export interface Copy {
  readonly targetOffset: number;
  readonly baseOffset: number;
  readonly length: number;
}

/** Shorter runs at either end are not worth a copy. */
const MIN_RUN = 8;

/**
 * Runs of `target` that occur in `base`, in order and without overlap. First what both begin and end with; between
 * them the target is searched at every offset for the blocks of the base, and what matches is widened both ways.
 * A run in between is at least a block long (see BlockIndex), so nothing shorter is found there.
 */
export function* findCopies(base: Uint8Array, target: Uint8Array): Generator<Copy> {
  const prefix = worthwhile(commonAfter(base, 0, target, 0));
  if (prefix > 0) yield { targetOffset: 0, baseOffset: 0, length: prefix };
  const suffix = worthwhile(commonBefore(base, base.length, target, target.length, prefix));
  const end = target.length - suffix;
  yield* copiesBetween(base, target.subarray(0, end), prefix);
  if (suffix > 0) yield { targetOffset: end, baseOffset: base.length - suffix, length: suffix };
}

function* copiesBetween(base: Uint8Array, target: Uint8Array, from: number): Generator<Copy> {
  if (target.length === from) return;
  const blocks = new BlockIndex(base);
  for (let free = from; ; ) {
    const found = blocks.find(target, free);
    if (found === undefined) return;
    const copy = longest(base, target, free, found.targetOffset, found.baseOffsets, blocks.length);
    yield copy;
    free = copy.targetOffset + copy.length;
  }
}

/** Of several places in the base that begin alike, the one that goes on alike for longest. */
function longest(
  base: Uint8Array,
  target: Uint8Array,
  free: number,
  targetOffset: number,
  baseOffsets: readonly number[],
  block: number,
): Copy {
  let best: Copy = { targetOffset, baseOffset: 0, length: 0 };
  for (const baseOffset of baseOffsets) {
    const before = commonBefore(base, baseOffset, target, targetOffset, free);
    const after = commonAfter(base, baseOffset + block, target, targetOffset + block);
    const length = before + block + after;
    if (length > best.length) {
      best = { targetOffset: targetOffset - before, baseOffset: baseOffset - before, length };
    }
  }
  return best;
}

const worthwhile = (run: number): number => (run < MIN_RUN ? 0 : run);

function commonAfter(base: Uint8Array, baseFrom: number, target: Uint8Array, targetFrom: number): number {
  const most = Math.min(base.length - baseFrom, target.length - targetFrom);
  let length = 0;
  while (length < most && base[baseFrom + length] === target[targetFrom + length]) length++;
  return length;
}

/** Never back beyond `free`: what lies before it in the target is written already. */
function commonBefore(
  base: Uint8Array,
  baseTo: number,
  target: Uint8Array,
  targetTo: number,
  free: number,
): number {
  const most = Math.min(baseTo, targetTo - free);
  let length = 0;
  while (length < most && base[baseTo - length - 1] === target[targetTo - length - 1]) length++;
  return length;
}
