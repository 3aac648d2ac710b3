import assert from 'node:assert/strict';
import { itemId } from '../../../src/domain/ids.js';
import { Interner } from '../../../src/predictor/interner.js';
import { Neighbours } from '../../../src/predictor/neighbours.js';
import { Paths } from '../../../src/predictor/paths.js';
import { Places } from '../../../src/predictor/places.js';

describe('places of a few items', () => {
  it('are found by number, and gone once they are cleared', () => {
    const places = new Places();
    const few = Int32Array.of(700, -1, 3);
    const of = places.fill(few, 701);
    assert.deepEqual([of[700], of[3], of[0]], [1, 3, 0]);
    places.clear(few);
    assert.ok(places.fill([], 701).every((place) => place === 0));
  });

  it('take the sums of neighbours that are among them, and no others', () => {
    const neighbours = new Neighbours();
    for (const [target, weight] of [
      [5, 2],
      [6, 3],
      [7, 4],
    ] as const)
      neighbours.add(1, target, weight);
    const few = Int32Array.of(7, 9, 5);
    const sums = Float64Array.of(1, 1, 1);
    const of = new Places().fill(few, 10);
    neighbours.gather(1, 0.5, of, sums);
    neighbours.gather(4, 0.5, of, sums);
    assert.deepEqual(Array.from(sums), [3, 1, 2]);
  });
});

describe('paths by number', () => {
  it('have the same numbers for the same parts, and none for parts that only a new item has', () => {
    const items = new Interner<ReturnType<typeof itemId>>();
    const paths = new Paths(items);
    const [one, other] = ['src/lib/a.ts', 'src/a.ts'].map((name) => items.number(itemId(name)));
    const [src, lib, file] = paths.of(one ?? -1);
    assert.deepEqual(paths.of(other ?? -1), [src, file]);
    assert.deepEqual(paths.ofNew(itemId('src/lib/b.ts')), [src, lib, -1]);
  });
});
