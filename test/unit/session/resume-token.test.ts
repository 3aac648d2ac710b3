import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ForesyncError } from '../../../src/domain/errors.js';
import { deviceId, pseudonym, spaceId } from '../../../src/domain/ids.js';
import type { Position } from '../../../src/domain/position.js';
import { MAX_RESUME_TOKEN_BYTES, ResumeTokens } from '../../../src/session/resume-token.js';

const key = Buffer.alloc(32, 1);
const otherKey = Buffer.alloc(32, 2);
const tokens = new ResumeTokens([key]);
const ann = { user: pseudonym('a'.repeat(32)), device: deviceId('phone') };

const position = fc.record({
  space: fc.constantFrom('a', 'b', '__proto__').map(spaceId),
  shard: fc.nat(63),
  epoch: fc.constantFrom('e1', 'e2', '__proto__'),
  offset: fc.nat(),
});
const positions = fc.uniqueArray(position, {
  selector: ({ space, shard }) => `${space} ${shard}`,
  maxLength: 20,
});

const standing = (list: readonly Position[]) => ({ positions: list, era: 0, issuedMs: 1 });

describe('session/resume-token', () => {
  it('gives back what was sealed', () => {
    fc.assert(
      fc.property(positions, (list) => {
        const opened = tokens.open(ann, tokens.issue(ann, { positions: list, era: 5, issuedMs: 7 }));
        assert.deepEqual(sorted(opened?.positions ?? []), sorted(list));
        assert.deepEqual([opened?.era, opened?.issuedMs], [5, 7]);
      }),
    );
  });

  it('is nothing at the first contact', () => {
    assert.equal(tokens.open(ann, new Uint8Array(0)), null);
  });

  it('is refused whatever bit of it is changed, and whatever is cut off or added', () => {
    const token = tokens.issue(ann, standing([at('team', 0, 7)]));
    fc.assert(
      fc.property(fc.nat(token.length * 8 - 1), (bit) => {
        const altered = Uint8Array.from(token);
        altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assertForeign(() => tokens.open(ann, altered));
      }),
    );
    assertForeign(() => tokens.open(ann, token.subarray(0, -1)));
    assertForeign(() => tokens.open(ann, Buffer.concat([token, Buffer.of(0)])));
    assertForeign(() => tokens.open(ann, Buffer.of(1, 2, 3)));
  });

  it('is refused of another user and of another device, also where their names run together', () => {
    const token = tokens.issue(ann, standing([at('team', 0, 7)]));
    assertForeign(() => tokens.open({ ...ann, user: pseudonym('b'.repeat(32)) }, token));
    assertForeign(() => tokens.open({ ...ann, device: deviceId('laptop') }, token));
    const shifted = { user: pseudonym('a'.repeat(31)), device: deviceId('aphone') };
    assertForeign(() => tokens.open(shifted, token));
  });

  it('is opened by an older key, sealed by the newest, refused by others', () => {
    const old = tokens.issue(ann, standing([at('team', 0, 7)]));
    const changed = new ResumeTokens([otherKey, key]);
    assert.deepEqual(changed.open(ann, old), standing([at('team', 0, 7)]));
    assertForeign(() => tokens.open(ann, changed.issue(ann, standing([]))));
  });

  it('is never larger than its bound: spaces that do not fit are left out', () => {
    const many = Array.from({ length: 64 }, (_, space) =>
      Array.from({ length: 64 }, (_, shard) => at(`${space}`.padEnd(400, 'x'), shard, 2 ** 50)),
    ).flat();
    const token = tokens.issue(ann, standing(many));
    assert.ok(token.length <= MAX_RESUME_TOKEN_BYTES);
    const kept = tokens.open(ann, token)?.positions ?? [];
    assert.ok(kept.length > 0 && kept.length % 64 === 0, 'a space is in it whole or not at all');
  });

  it('wants a key, and a long one', () => {
    assert.throws(() => new ResumeTokens([]), isCode('CONFIG_INVALID'));
    assert.throws(() => new ResumeTokens([Buffer.alloc(31)]), isCode('CONFIG_INVALID'));
  });
});

function at(space: string, shard: number, offset: number): Position {
  return { space: spaceId(space), shard, epoch: 'e1', offset };
}

const sorted = (list: readonly Position[]): readonly string[] =>
  list.map((one) => JSON.stringify(Object.entries(one).sort())).sort();

const isCode =
  (code: string) =>
  (thrown: unknown): boolean =>
    thrown instanceof ForesyncError && thrown.code === code;

function assertForeign(open: () => unknown): void {
  assert.throws(open, isCode('RESUME_TOKEN_FOREIGN'));
}
