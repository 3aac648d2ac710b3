import assert from 'node:assert/strict';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { checked, each, Fault, required, within } from '../../../../src/rpc/inbound/fault.js';
import {
  bytes,
  finite,
  hash,
  hashOrNone,
  id,
  text,
  time,
  whole,
} from '../../../../src/rpc/inbound/fields.js';

/** The path and the limit that a check complains with. */
function complaint(check: () => unknown): { path: string | undefined; limit: string | undefined } {
  try {
    checked(check);
  } catch (thrown) {
    assert.ok(thrown instanceof ForesyncError);
    assert.equal(thrown.code, 'FIELD_INVALID');
    return { path: thrown.details.field, limit: thrown.details.facts?.['limit'] };
  }
  return assert.fail('nothing was thrown');
}

describe('rpc/inbound/fields', () => {
  it('takes ids of 1 to 512 bytes of UTF-8', () => {
    assert.equal(id('item', 'docs/plan.md'), 'docs/plan.md');
    assert.equal(id('item', 'é'.repeat(256)), 'é'.repeat(256));
    assert.deepEqual(
      complaint(() => id('item', '')),
      { path: 'item', limit: undefined },
    );
    assert.deepEqual(
      complaint(() => id('item', 'é'.repeat(257))),
      { path: 'item', limit: '512' },
    );
    assert.deepEqual(
      complaint(() => id('item', 'x'.repeat(513))),
      { path: 'item', limit: '512' },
    );
  });

  it('refuses what was not UTF-8, and lone surrogates', () => {
    const decoded = new TextDecoder().decode(new Uint8Array([0x61, 0xff, 0x62]));
    assert.deepEqual(
      complaint(() => id('item', decoded)),
      { path: 'item', limit: undefined },
    );
    assert.deepEqual(
      complaint(() => text('epoch', 'a\ud800b', 64)),
      { path: 'epoch', limit: undefined },
    );
    assert.equal(text('epoch', '𝒳', 64), '𝒳');
  });

  it('takes names that are dangerous elsewhere', () => {
    for (const name of ['__proto__', 'constructor', '../../etc/passwd', 'a}{b', 'x\u0000y']) {
      assert.equal(id('item', name), name);
    }
  });

  it('takes hashes of exactly 32 bytes', () => {
    assert.equal(hash('data_hash', new Uint8Array(32).fill(10)), '0a'.repeat(32));
    assert.equal(hashOrNone('if_match', new Uint8Array(0)), null);
    for (const length of [0, 1, 31, 33, 64]) {
      assert.deepEqual(
        complaint(() => hash('data_hash', new Uint8Array(length))),
        {
          path: 'data_hash',
          limit: '32',
        },
      );
    }
  });

  it('reads a hash from the middle of a larger buffer', () => {
    const buffer = Buffer.concat([Buffer.alloc(5), Buffer.alloc(32, 7), Buffer.alloc(5)]);
    assert.equal(hash('data_hash', buffer.subarray(5, 37)), '07'.repeat(32));
  });

  it('takes whole numbers that a double holds exactly', () => {
    assert.equal(whole('version', 2n ** 53n - 1n), Number.MAX_SAFE_INTEGER);
    assert.deepEqual(
      complaint(() => whole('version', 2n ** 53n)),
      {
        path: 'version',
        limit: String(Number.MAX_SAFE_INTEGER),
      },
    );
    assert.deepEqual(
      complaint(() => whole('timestamp', -1n)),
      { path: 'timestamp', limit: '0' },
    );
    assert.deepEqual(
      complaint(() => whole('shard', 64, 0, 63)),
      { path: 'shard', limit: '63' },
    );
  });

  it('refuses numbers that are none', () => {
    assert.equal(finite('score', 0.5), 0.5);
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      assert.deepEqual(
        complaint(() => finite('score', value)),
        { path: 'score', limit: undefined },
      );
    }
  });

  it('refuses times more than five minutes ahead', () => {
    assert.equal(time('time_ms', 301_000n, 1000), 301_000);
    assert.deepEqual(
      complaint(() => time('time_ms', 301_001n, 1000)),
      { path: 'time_ms', limit: '300000' },
    );
  });

  it('refuses bytes beyond their limit', () => {
    assert.equal(bytes('resume_token', new Uint8Array(4), 4).length, 4);
    assert.deepEqual(
      complaint(() => bytes('resume_token', new Uint8Array(5), 4)),
      {
        path: 'resume_token',
        limit: '4',
      },
    );
  });
});

describe('rpc/inbound/fault', () => {
  it('adds the way to a field on the way out', () => {
    const check = () => within('events[3].ack', () => each('opened', [1, 2], 4, wrongSecond));
    assert.deepEqual(complaint(check), { path: 'events[3].ack.opened[1].item', limit: undefined });
  });

  it('names an entry itself when it has no fields', () => {
    const check = () =>
      each('spaces', ['a'], 4, () => {
        throw new Fault('', 'is named twice');
      });
    assert.deepEqual(complaint(check), { path: 'spaces[0]', limit: undefined });
  });

  it('bounds lists and demands what is required', () => {
    assert.deepEqual(
      complaint(() => each('edges', [1, 2, 3], 2, String)),
      { path: 'edges', limit: '2' },
    );
    assert.deepEqual(
      complaint(() => required('request', undefined)),
      { path: 'request', limit: undefined },
    );
    assert.equal(required('request', 0), 0);
  });

  it('lets what is no fault through as it is', () => {
    const defect = new TypeError('a defect');
    const check = () =>
      checked(() =>
        within('a', () =>
          each('b', [1], 1, () => {
            throw defect;
          }),
        ),
      );
    assert.throws(check, defect);
  });
});

function wrongSecond(entry: number): number {
  if (entry === 2) throw new Fault('item', 'is empty');
  return entry;
}
