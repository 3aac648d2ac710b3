import assert from 'node:assert/strict';
import { decodeDelta, DeltaError, encodeDelta } from '@foresync/protocol/delta';
import fc from 'fast-check';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const essay = text(Array.from({ length: 400 }, (_, line) => `line ${line} of an essay\n`).join(''));

describe('delta', () => {
  it('makes any target from any base', () => {
    fc.assert(
      fc.property(bytes, bytes, (base, target) => {
        assert.deepEqual(roundTrip(base, target), target);
      }),
    );
  });

  it('makes edited targets from their base', () => {
    fc.assert(
      fc.property(edits, (list) => {
        const target = list.reduce(edited, essay);
        assert.deepEqual(roundTrip(essay, target), target);
      }),
    );
  });

  it('is a few bytes for a small change, wherever it is', () => {
    for (const at of [0, 1, 17, 4_000, essay.length]) {
      const target = edited(essay, { at, remove: 0, insert: text('new words') });
      const delta = encodeDelta(essay, target);
      assert.ok(delta !== null && delta.length <= 32, `${delta?.length} bytes for an insert at ${at}`);
    }
  });

  it('is read as docs/02-session.md shows it', () => {
    const delta = Buffer.from('010b11 0d00 0c627261766520 0b06'.replaceAll(' ', ''), 'hex');
    assert.deepEqual(decodeDelta(text('hello world'), delta, 17), text('hello brave world'));
  });

  it('follows content that moved', () => {
    const half = essay.length / 2;
    const target = joined(essay.subarray(half), essay.subarray(0, half));
    const delta = encodeDelta(essay, target);
    assert.ok(delta !== null && delta.length < 40, `${delta?.length} bytes`);
    assert.deepEqual(decodeDelta(essay, delta, target.length), target);
  });

  it('is nothing where it would not be smaller than the target', () => {
    assert.equal(encodeDelta(text('abc'), text('xyz')), null);
    assert.equal(encodeDelta(essay, new Uint8Array(0)), null);
    const target = essay.map((byte) => 255 - byte);
    assert.equal(encodeDelta(essay, target), null);
    assert.ok((encodeDelta(essay, target, Infinity)?.length ?? 0) > target.length);
  });

  it('never gives more than it was allowed', () => {
    fc.assert(
      fc.property(bytes, bytes, fc.integer({ min: 0, max: 80 }), (base, target, most) => {
        const delta = encodeDelta(base, target, most);
        assert.ok(delta === null || delta.length <= most);
      }),
    );
  });

  it('grows its blocks with the base, so that its memory does not', () => {
    const base = noise(3 * 1024 * 1024);
    const target = edited(base, { at: 1_500_001, remove: 7, insert: text('seven and more') });
    const delta = encodeDelta(base, target);
    assert.ok(delta !== null && delta.length < 64, `${delta?.length} bytes`);
    assert.deepEqual(decodeDelta(base, delta, target.length), target);
  });

  it('keeps to the format that is written down', () => {
    const base = text('0123456789abcdef-');
    const target = text('>0123456789abcdef');
    const expected = Uint8Array.of(1, 17, 17, 2, 0x3e, 33, 0);
    assert.deepEqual(encodeDelta(base, target), expected);
  });

  describe('refuses', () => {
    const base = text('0123456789');
    const cases: [string, readonly number[], RegExp][] = [
      ['nothing at all', [], /ends inside a number/],
      ['another version', [2, 10, 0], /version 2 is not 1/],
      ['a base of another length', [1, 9, 0], /base of 9 bytes, not 10/],
      ['a target above the cap', [1, 10, 101], /makes 101 bytes, at most 100/],
      ['a huge target, before it allocates', [1, 10, 255, 255, 255, 255, 255, 255, 127], /at most 100/],
      ['a number that never ends', [1, 10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], /above 2\^53/],
      ['a number of zeros that never ends', [1, 10, ...Array<number>(12).fill(128), 0], /above 2\^53/],
      ['an instruction of length 0', [1, 10, 1, 0], /length 0/],
      ['a copy of length 0', [1, 10, 1, 1, 0], /length 0/],
      ['an insert that is cut', [1, 10, 3, 6, 65, 66], /inside an insert/],
      ['a copy without its offset', [1, 10, 3, 7], /inside a number/],
      ['a copy from beyond the base', [1, 10, 3, 7, 8], /beyond the base's 10/],
      ['more than it announced', [1, 10, 2, 7, 0], /more than 2/],
      ['less than it announced', [1, 10, 4, 7, 0], /ends after 3 of 4/],
    ];
    for (const [what, delta, message] of cases) {
      it(what, () => {
        assert.throws(() => decodeDelta(base, Uint8Array.from(delta), 100), inError(message));
      });
    }

    it('or else keeps to the cap, whatever it is given', () => {
      fc.assert(
        fc.property(bytes, fc.uint8Array({ maxLength: 60 }), fc.nat(200), (anyBase, noise, most) => {
          const delta = joined(Uint8Array.of(1, anyBase.length % 128), noise);
          const made = attempt(anyBase, delta, most);
          assert.ok(made instanceof DeltaError || made.length <= most);
        }),
        { numRuns: 2_000 },
      );
    });

    it('or else gives another content, where a bit is flipped', () => {
      const target = edited(essay, { at: 3_000, remove: 10, insert: text('ten others') });
      const delta = encodeDelta(essay, target);
      assert.ok(delta !== null);
      for (let bit = 0; bit < delta.length * 8; bit++) {
        const broken = delta.slice();
        broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.notDeepEqual(attempt(essay, broken, target.length), target);
      }
    });
  });
});

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 120 }),
  // Few letters, so that blocks do repeat.
  fc.array(fc.constantFrom(0, 1), { maxLength: 400 }).map((list) => Uint8Array.from(list)),
);

const edits = fc.array(
  fc.record({ at: fc.nat(10_000), remove: fc.nat(200), insert: fc.uint8Array({ maxLength: 50 }) }),
  { maxLength: 6 },
);

function edited(content: Uint8Array, { at, remove, insert }: Edit): Uint8Array {
  return joined(content.subarray(0, at), insert, content.subarray(at + remove));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function roundTrip(base: Uint8Array, target: Uint8Array): Uint8Array {
  const delta = encodeDelta(base, target, Infinity);
  assert.ok(delta !== null);
  return decodeDelta(base, delta, target.length);
}

/** What comes of a delta: a content, or the error of one that is none. */
function attempt(base: Uint8Array, delta: Uint8Array, most: number): Uint8Array | DeltaError {
  try {
    return decodeDelta(base, delta, most);
  } catch (error) {
    if (error instanceof DeltaError) return error;
    throw error;
  }
}

function noise(length: number): Uint8Array {
  let state = 1;
  return new Uint8Array(length).map(() => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

function inError(message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof DeltaError && message.test(error.message);
}
