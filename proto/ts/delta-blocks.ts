/** Places of the base that hold the same block as the target does at one place. */
export interface BlockMatch {
  readonly targetOffset: number;
  readonly baseOffsets: readonly number[];
}

const MIN_BLOCK = 16;
const MAX_BLOCKS = 65_536;
/** Blocks that are compared at one place of the target: bounds the time on contents that repeat themselves. */
const MAX_COMPARED = 8;
const MULTIPLIER = 0x01000193;

/**
 * A base cut into blocks, found by a rolling hash. A block has 16 bytes up to a base of 1 MiB and base / 65,536 above,
 * so that the index never takes more than 1 MiB.
 */
export class BlockIndex {
  /** Bytes of a block. */
  readonly length: number;
  readonly #base: Uint8Array;
  /** MULTIPLIER ^ (length - 1): the weight of the byte that leaves the window. */
  readonly #weight: number;
  readonly #shift: number;
  /** By hash: number of the last block that falls there, from 1 on; 0 if none does. */
  readonly #slots: Int32Array;
  /** By block: the one before it in the same slot. */
  readonly #previous: Int32Array;

  constructor(base: Uint8Array) {
    this.#base = base;
    this.length = blockLength(base.length);
    this.#weight = power(MULTIPLIER, this.length - 1);
    const count = Math.floor(base.length / this.length);
    const bits = Math.ceil(Math.log2(count + 1)) + 1;
    this.#shift = 32 - bits;
    this.#slots = new Int32Array(2 ** bits);
    this.#previous = new Int32Array(count + 1);
    // From the end, so that a slot lists its blocks from the start of the base on.
    for (let block = count; block > 0; block--) this.#add(block);
  }

  /** The first place of the target, from `from` on, where blocks of the base stand; undefined if there is none. */
  find(target: Uint8Array, from: number): BlockMatch | undefined {
    const last = target.length - this.length;
    if (from > last) return undefined;
    let rolling = hash(target, from, this.length);
    for (let at = from; ; at++) {
      const first = this.#slots[this.#slotOf(rolling)] ?? 0;
      const baseOffsets = first === 0 ? [] : this.#sameAs(target, at, first);
      if (baseOffsets.length > 0) return { targetOffset: at, baseOffsets };
      if (at === last) return undefined;
      const leaving = Math.imul(target[at] ?? 0, this.#weight);
      rolling = (Math.imul(rolling - leaving, MULTIPLIER) + (target[at + this.length] ?? 0)) | 0;
    }
  }

  #add(block: number): void {
    const slot = this.#slotOf(hash(this.#base, (block - 1) * this.length, this.length));
    this.#previous[block] = this.#slots[slot] ?? 0;
    this.#slots[slot] = block;
  }

  #sameAs(target: Uint8Array, at: number, first: number): number[] {
    const offsets: number[] = [];
    let block = first;
    for (let compared = 0; block > 0 && compared < MAX_COMPARED; compared++) {
      const offset = (block - 1) * this.length;
      if (this.#same(offset, target, at)) offsets.push(offset);
      block = this.#previous[block] ?? 0;
    }
    return offsets;
  }

  #same(baseOffset: number, target: Uint8Array, at: number): boolean {
    for (let index = 0; index < this.length; index++) {
      if (this.#base[baseOffset + index] !== target[at + index]) return false;
    }
    return true;
  }

  #slotOf(value: number): number {
    return Math.imul(value, 0x9e3779b1) >>> this.#shift;
  }
}

function blockLength(baseLength: number): number {
  let length = MIN_BLOCK;
  while (baseLength / length > MAX_BLOCKS) length *= 2;
  return length;
}

function hash(bytes: Uint8Array, from: number, length: number): number {
  let value = 0;
  for (let index = from; index < from + length; index++) {
    value = (Math.imul(value, MULTIPLIER) + (bytes[index] ?? 0)) | 0;
  }
  return value;
}

function power(base: number, exponent: number): number {
  let value = 1;
  for (let times = 0; times < exponent; times++) value = Math.imul(value, base);
  return value;
}
