import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LruEntry } from '../src/lru-index.js';
import { DEFAULT_BUFFER_BYTES, LruIndex } from '../src/lru-index.js';

describe('LruIndex', () => {
  it('keeps 64 MiB unless told otherwise', () => {
    assert.equal(new LruIndex().capacity, DEFAULT_BUFFER_BYTES);
    assert.equal(DEFAULT_BUFFER_BYTES, 67_108_864);
  });

  it('evicts the least recently used first, and only as many as are in the way', () => {
    const index = filled(10, ['a', 4], ['b', 3], ['c', 3]);
    index.touch('a');
    assert.deepEqual(keys(index.put('d', 'hash-d', 2)), ['b']);
    assert.deepEqual(keys(index), ['c', 'a', 'd']);
    assert.equal(index.totalBytes, 9);
  });

  it('reads an entry without using it', () => {
    const index = filled(10, ['a', 5], ['b', 5]);
    assert.deepEqual(index.get('a'), { key: 'a', hash: 'hash-a', bytes: 5 });
    assert.deepEqual(keys(index.put('c', 'hash-c', 1)), ['a']);
  });

  it('replaces the content of a key without calling that an eviction', () => {
    const index = filled(10, ['a', 5], ['b', 5]);
    assert.deepEqual(index.put('a', 'newer', 4), []);
    assert.equal(index.get('a')?.hash, 'newer');
    assert.deepEqual(keys(index), ['b', 'a']);
    assert.equal(index.totalBytes, 9);
  });

  it('does not keep what is larger than the capacity, and leaves the others alone', () => {
    const index = filled(10, ['a', 5], ['b', 5]);
    assert.deepEqual(index.put('c', 'huge', 11), []);
    assert.deepEqual(keys(index), ['a', 'b']);
    assert.deepEqual(keys(index.put('a', 'huge', 11)), ['a']);
    assert.deepEqual(keys(index), ['b']);
  });

  it('keeps what fills the capacity exactly', () => {
    const index = filled(10, ['a', 5], ['b', 5]);
    assert.deepEqual(keys(index.put('c', 'full', 10)), ['a', 'b']);
    assert.equal(index.totalBytes, 10);
  });

  it('takes entries of no bytes', () => {
    const index = filled(0, ['a', 0], ['b', 0]);
    assert.equal(index.size, 2);
  });

  it('forgets single entries and all', () => {
    const index = filled(10, ['a', 5], ['b', 5]);
    assert.equal(index.delete('a')?.bytes, 5);
    assert.equal(index.delete('a'), undefined);
    assert.equal(index.touch('a'), false);
    index.clear();
    assert.equal(index.size + index.totalBytes, 0);
  });

  it('refuses sizes that are none', () => {
    assert.throws(() => new LruIndex(-1), /capacity is -1/);
    assert.throws(() => new LruIndex().put('a', 'h', Number.NaN), /bytes is NaN/);
    assert.throws(() => new LruIndex().put('a', 'h', 0.5), /bytes is 0.5/);
  });

  it('does what a plain list of entries does, call by call', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.array(call, { maxLength: 60 }), (capacity, calls) => {
        const index = new LruIndex(capacity);
        const model = new Model(capacity);
        for (const { verb, key, bytes } of calls) {
          if (verb === 'put') assert.deepEqual(index.put(key, `${bytes}`, bytes), model.put(key, bytes));
          if (verb === 'touch') assert.equal(index.touch(key), model.touch(key));
          if (verb === 'delete') assert.deepEqual(index.delete(key), model.delete(key));
          assert.deepEqual([...index], model.entries);
          assert.equal(index.totalBytes, model.bytes());
          assert.ok(index.totalBytes <= capacity);
        }
      }),
    );
  });
});

const call = fc.record({
  verb: fc.constantFrom('put' as const, 'touch' as const, 'delete' as const),
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  bytes: fc.integer({ min: 0, max: 20 }),
});

/** The same rules written as naively as possible. */
class Model {
  entries: LruEntry[] = [];
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  put(key: string, bytes: number): LruEntry[] {
    const old = this.delete(key);
    if (bytes > this.#capacity) return old === undefined ? [] : [old];
    const evicted: LruEntry[] = [];
    while (this.bytes() + bytes > this.#capacity) evicted.push(...this.entries.splice(0, 1));
    this.entries.push({ key, hash: `${bytes}`, bytes });
    return evicted;
  }

  touch(key: string): boolean {
    const entry = this.delete(key);
    if (entry !== undefined) this.entries.push(entry);
    return entry !== undefined;
  }

  delete(key: string): LruEntry | undefined {
    const at = this.entries.findIndex((entry) => entry.key === key);
    return at < 0 ? undefined : this.entries.splice(at, 1)[0];
  }

  bytes(): number {
    return this.entries.reduce((sum, entry) => sum + entry.bytes, 0);
  }
}

function filled(capacity: number, ...entries: readonly (readonly [string, number])[]): LruIndex {
  const index = new LruIndex(capacity);
  for (const [key, bytes] of entries) index.put(key, `hash-${key}`, bytes);
  return index;
}

function keys(entries: Iterable<LruEntry>): string[] {
  return [...entries].map((entry) => entry.key);
}
