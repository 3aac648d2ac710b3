import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dataHash } from '../../../src/domain/ids.js';
import type { Head } from '../../../src/domain/item.js';
import { BUNDLE_ITEMS, bundleBytes, bundleOf } from '../../../src/planner/closure.js';
import { headOf } from '../../support/plans.js';

const namesOf = (heads: readonly Head[], held: readonly string[] = []): readonly string[] | null => {
  const space = new Map<string, Head>(heads.map((head) => [head.item, head]));
  const [first] = heads;
  assert.ok(first?.dataHash);
  const bundle = bundleOf(
    { ...first, dataHash: first.dataHash },
    (item) => space.get(item),
    (item) => (held.includes(item) ? (space.get(item)?.dataHash ?? undefined) : undefined),
  );
  return bundle?.map(({ item }) => item) ?? null;
};

describe('bundleOf', () => {
  it('brings the parts that the device lacks, parts of parts too, and no links', () => {
    const doc = headOf('doc', 5, [
      ['part', 'image'],
      ['link', 'other'],
      ['part', 'held'],
    ]);
    const image = headOf('image', 7, [['part', 'pixel']]);
    const heads = [doc, image, headOf('pixel'), headOf('held'), headOf('other')];
    assert.deepEqual(namesOf(heads, ['held']), ['doc', 'image', 'pixel']);
  });

  it('looks through a part that is held for parts that are not', () => {
    const heads = [
      headOf('doc', 5, [['part', 'held']]),
      headOf('held', 5, [['part', 'inner']]),
      headOf('inner'),
    ];
    assert.deepEqual(namesOf(heads, ['held']), ['doc', 'inner']);
  });

  it('brings an old part anew, and nothing for parts that are deleted or unknown', () => {
    const doc = headOf('doc', 5, [
      ['part', 'old'],
      ['part', 'deleted'],
      ['part', 'unknown'],
    ]);
    const space = new Map<string, Head>([
      ['old', headOf('old')],
      ['deleted', { ...headOf('deleted'), dataHash: null }],
    ]);
    const bundle = bundleOf(
      doc,
      (item) => space.get(item),
      () => dataHash('older'),
    );
    assert.ok(bundle);
    assert.deepEqual(
      bundle.map(({ item }) => item),
      ['doc', 'old'],
    );
    assert.equal(bundleBytes(bundle), 15);
  });

  it('is null if more would travel than fits a bundle', () => {
    const edges = Array.from({ length: BUNDLE_ITEMS }, (_, n) => ['part', `p${n}`] as const);
    assert.equal(namesOf([headOf('doc', 1, edges)]), null);
    assert.equal(namesOf([headOf('doc', 1, edges.slice(1))])?.length, 1);
  });

  it('ends on any graph and brings each item once, all of them reachable', () => {
    const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 30 });
    fc.assert(
      fc.property(edges, fc.uniqueArray(fc.nat(7)), (pairs, held) => {
        const heads = Array.from({ length: 8 }, (_, n) =>
          headOf(
            `i${n}`,
            1,
            pairs.filter(([from]) => from === n).map(([, to]) => ['part', `i${to}`] as const),
          ),
        );
        const names = namesOf(
          heads,
          held.map((n) => `i${n}`),
        );
        assert.ok(names);
        const reachable = new Set(['i0']);
        for (let round = 0; round < 8; round++)
          for (const [from, to] of pairs) if (reachable.has(`i${from}`)) reachable.add(`i${to}`);
        const expected = [...reachable].filter(
          (name) => name === 'i0' || !held.includes(Number(name.slice(1))),
        );
        assert.deepEqual([...names].sort(), expected.sort());
      }),
    );
  });
});
