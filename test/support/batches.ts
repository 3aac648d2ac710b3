import assert from 'node:assert/strict';
import type { AdvanceBatch, ModelSizes, ScoreBatch } from '../../src/domain/model-port.js';
import { TINY_SIZES } from './tiny-model.js';

/** Numbers from -1 to 1 that look random and follow from the seed. */
export function noise(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => Math.sin((index + 1) * 12.9898 + seed * 78.233));
}

export function advanceBatch(users: number, seed = 1, sizes: ModelSizes = TINY_SIZES): AdvanceBatch {
  return {
    states: noise(users * sizes.state, seed),
    descriptors: noise(users * sizes.descriptor, seed + 0.5),
  };
}

/** `rows` candidates of each user. */
export function scoreBatch(
  users: number,
  rows: number,
  seed = 1,
  sizes: ModelSizes = TINY_SIZES,
): ScoreBatch {
  return {
    states: noise(users * sizes.state, seed),
    features: noise(users * rows * sizes.features, seed + 0.25),
    owners: Int32Array.from({ length: users * rows }, (_, row) => Math.floor(row / rows)),
  };
}

/** Equal to 1e-6. */
export function assertClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(found.length, expected.length);
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs((found[index] ?? 0) - (expected[index] ?? 0));
    assert.ok(difference <= 1e-6, `at ${index}: ${found[index]} against ${expected[index]}`);
  }
}
