import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ByteReader, ByteWriter } from '../../../src/context/bytes.js';
import { decodeContext, encodeContext } from '../../../src/context/codec.js';
import { EMPTY_CONTEXT, type UserContext } from '../../../src/domain/context.js';
import { ForesyncError } from '../../../src/domain/errors.js';
import { contextAfter, stepOf } from '../../support/contexts.js';

const isCorrupt = (error: unknown): boolean =>
  error instanceof ForesyncError && error.code === 'STORE_CORRUPT';

const contexts: fc.Arbitrary<UserContext> = fc
  .record({
    steps: fc.array(
      fc.record({
        items: fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), { maxLength: 8 }),
        kind: fc.constantFrom('viewed', 'edited', 'created'),
        buckets: fc.array(fc.nat(), { maxLength: 4 }),
      }),
      { maxLength: 20 },
    ),
    cell: fc.option(fc.constantFrom('u', 'u0zz')),
  })
  .map(({ steps, cell }) => ({
    ...contextAfter(
      ...steps.map(({ items, kind, buckets }, n) =>
        stepOf(items, n * 50_000_000, { kind, queryBuckets: buckets }),
      ),
    ),
    locationCell: cell,
  }));

describe('the codec of contexts', () => {
  it('reads what it wrote', () => {
    fc.assert(
      fc.property(contexts, (context) => assert.deepEqual(decodeContext(encodeContext(context)), context)),
    );
  });

  it('takes no bytes for no context', () => assert.equal(decodeContext(new Uint8Array()), EMPTY_CONTEXT));

  it('reads past the recurrent state that older contexts may hold', () => {
    const context = contextAfter(stepOf(['a', 'b'], 1000));
    const writer = new ByteWriter();
    writer.uint(1);
    writer.text('gru-1');
    writer.uint(2);
    writer.float64(0.5);
    writer.float64(-0.5);
    const older = Uint8Array.of(...encodeContext(context).subarray(0, -1), ...writer.finish());
    assert.deepEqual(decodeContext(older), context);
    assert.throws(() => decodeContext(older.subarray(0, -1)), isCorrupt);
  });

  it('refuses every truncation and whatever is left over', () => {
    const bytes = encodeContext(contextAfter(stepOf(['a', 'b'], 1000), stepOf(['c'], 90_000_000)));
    for (let length = 1; length < bytes.length; length++)
      assert.throws(() => decodeContext(bytes.subarray(0, length)), isCorrupt, `${length} bytes`);
    assert.throws(() => decodeContext(Uint8Array.of(...bytes, 0)), isCorrupt);
  });

  it('answers a context or STORE_CORRUPT for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        try {
          decodeContext(Uint8Array.of(1, ...bytes));
        } catch (error) {
          assert.ok(isCorrupt(error), String(error));
        }
      }),
    );
    assert.throws(() => decodeContext(Uint8Array.of(9)), isCorrupt);
  });

  it('refuses items, kinds and texts that cannot be', () => {
    const head = [1, 1, 1, 97, 1, 0];
    assert.throws(() => decodeContext(Uint8Array.of(...head, 1, 7)), /there is no item 7/);
    assert.throws(() => decodeContext(Uint8Array.of(...head, 1, 0, 0, 0, 9)), /there is no kind 9/);
    assert.throws(() => decodeContext(Uint8Array.of(1, 1, 1, 0xff)), /no UTF-8/);
    assert.throws(() => decodeContext(Uint8Array.of(1, 0xff, 0xff, 1)), /do not fit/);
    assert.throws(() => decodeContext(new Uint8Array(12).fill(0xff)), /too large/);
  });

  it('writes numbers up to 2^53 − 1 and texts of any length', () => {
    const writer = new ByteWriter();
    const numbers = [0, 1, 127, 128, 300, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER];
    const texts = ['', 'ä', 'x'.repeat(0x4000), '€'.repeat(20_000)];
    for (const number of numbers) writer.uint(number);
    for (const text of texts) writer.text(text);
    const reader = new ByteReader(writer.finish());
    assert.deepEqual(
      numbers.map(() => reader.uint()),
      numbers,
    );
    assert.deepEqual(
      texts.map(() => reader.text()),
      texts,
    );
    reader.end();
  });
});
