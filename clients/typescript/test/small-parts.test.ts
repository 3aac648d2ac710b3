import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { BACKOFF_RULES, nextWait, NO_FAILURES } from '../src/backoff.js';
import type { ConnectionState } from '../src/connection-state.js';
import { CONNECTION_TABLE } from '../src/connection-state.js';
import { coarseCell } from '../src/geohash.js';
import { fromHex, isHash, toHex } from '../src/hex.js';
import { checkedId, itemKey } from '../src/ids.js';
import { queryTerms, termHash } from '../src/query-terms.js';
import type { RunningHash } from '../src/sha256.js';
import { loadHashing } from '../src/sha256.js';
import { within } from '../src/within.js';

describe('backoff', () => {
  const failed = { livedMs: 0, exhausted: false, retryAfterMs: 0 };
  const ceilings = (failures: number) =>
    Array.from({ length: failures }).reduce<{ state: typeof NO_FAILURES; waits: number[] }>(
      ({ state, waits }) => {
        const next = nextWait(state, failed, BACKOFF_RULES, 1);
        return { state: next.state, waits: [...waits, next.waitMs] };
      },
      { state: NO_FAILURES, waits: [] },
    );

  it('grows by half from half a second to a minute, and stays there', () => {
    const { waits } = ceilings(30);
    assert.deepEqual(waits.slice(0, 4), [500, 750, 1125, 1688]);
    assert.deepEqual(waits.slice(-3), [60_000, 60_000, 60_000]);
  });

  it('is anything from nothing to the ceiling, on top of what the server asks for', () => {
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(5000),
        (failures, random, retryAfterMs) => {
          const { waitMs } = nextWait({ failures }, { ...failed, retryAfterMs }, BACKOFF_RULES, random);
          assert.ok(waitMs >= retryAfterMs && waitMs <= retryAfterMs + 60_000);
        },
      ),
    );
    assert.equal(nextWait(NO_FAILURES, failed, BACKOFF_RULES, 0).waitMs, 0);
  });

  it('goes straight to the longest wait when the server has no resources', () => {
    const { state, waitMs } = nextWait(NO_FAILURES, { ...failed, exhausted: true }, BACKOFF_RULES, 1);
    assert.equal(waitMs, 60_000);
    assert.equal(nextWait(state, failed, BACKOFF_RULES, 1).waitMs, 60_000);
  });

  it('begins anew after a connection that lived', () => {
    const { state } = ceilings(9);
    assert.equal(nextWait(state, { ...failed, livedMs: 10_000 }, BACKOFF_RULES, 1).waitMs, 500);
    assert.notEqual(nextWait(state, { ...failed, livedMs: 9_999 }, BACKOFF_RULES, 1).waitMs, 500);
  });
});

describe('the states of a connection', () => {
  const states: ConnectionState[] = ['connecting', 'catching-up', 'live', 'waiting', 'stopped', 'closed'];

  it('are live only after a welcome and catching up', () => {
    const before = states.filter((state) => CONNECTION_TABLE[state]['caught-up'] === 'live');
    assert.deepEqual(before, ['catching-up', 'live']);
    assert.deepEqual(
      states.filter((state) => CONNECTION_TABLE[state].welcome === 'catching-up'),
      ['connecting', 'catching-up'],
    );
  });

  it('end for good when closed, and until closed when refused', () => {
    for (const state of states) {
      assert.equal(CONNECTION_TABLE[state].close, 'closed');
      assert.equal(CONNECTION_TABLE[state].refused, state === 'closed' ? 'closed' : 'stopped');
    }
    for (const step of ['dial', 'welcome', 'caught-up', 'lost'] as const) {
      assert.deepEqual(
        [CONNECTION_TABLE.stopped[step], CONNECTION_TABLE.closed[step]],
        ['stopped', 'closed'],
      );
    }
  });

  it('come back from every loss by dialling, and from nowhere else', () => {
    for (const state of ['connecting', 'catching-up', 'live'] as const)
      assert.equal(CONNECTION_TABLE[state].lost, 'waiting');
    assert.deepEqual(
      states.filter((state) => CONNECTION_TABLE[state].dial === 'connecting'),
      ['connecting', 'waiting'],
    );
  });
});

describe('SHA-256 in WASM', () => {
  it('agrees with another implementation, whole and in pieces, however digests interleave', async () => {
    const hashing = await loadHashing();
    const other = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    const step = fc.record({
      which: fc.nat(3),
      bytes: fc.uint8Array({ maxLength: 150 }),
      whole: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const running: RunningHash[] = Array.from({ length: 4 }, () => hashing.start());
        const fed: Uint8Array[][] = running.map(() => []);
        for (const { which, bytes, whole } of steps) {
          running[which]?.update(bytes);
          fed[which]?.push(bytes);
          if (whole) assert.equal(toHex(hashing.sha256(bytes)), other(bytes));
        }
        running[3]?.cancel();
        for (const [index, hash] of running.slice(0, 3).entries()) {
          assert.equal(toHex(hash.finish()), other(Buffer.concat(fed[index] ?? [])));
        }
      }),
    );
  });
});

describe('what stays on the device', () => {
  it('is every term of a query: only keyed hashes are made of it', async () => {
    const key = new Uint8Array(32).fill(3);
    const hash = await termHash(key);
    assert.equal(hash('plan'), createHmac('sha256', key).update('plan').digest().readUInt32BE(0));
    const other = await termHash(new Uint8Array(32).fill(4));
    assert.notEqual(hash('plan'), other('plan'));
  });

  it('splits a query into normalised terms, each once, 16 at most', () => {
    assert.deepEqual(queryTerms('  The PLAN, the ﬁrst plan: naïve?  '), ['the', 'plan', 'first', 'naïve']);
    assert.deepEqual(queryTerms('e\u0301te\u0301 日本語 42'), ['été', '日本語', '42']);
    assert.equal(queryTerms(Array.from({ length: 40 }, (_, n) => `w${n}`).join(' ')).length, 16);
    assert.equal(queryTerms('x'.repeat(500))[0]?.length, 64);
    assert.deepEqual(queryTerms(' .,;! '), []);
  });

  it('is where the user was, but for a coarse cell', () => {
    assert.equal(coarseCell({ latitude: 57.64911, longitude: 10.40744 }), 'u4pr');
    assert.equal(coarseCell({ latitude: -90, longitude: -180 }), '0000');
    assert.equal(coarseCell({ latitude: 90, longitude: 180 }), 'zzzz');
    fc.assert(
      fc.property(
        fc.double({ min: -90, max: 90, noNaN: true }),
        fc.double({ min: -180, max: 180, noNaN: true }),
        (latitude, longitude) => {
          assert.match(coarseCell({ latitude, longitude }), /^[0-9b-hjkmnp-z]{4}$/);
        },
      ),
    );
  });
});

describe('names', () => {
  it('are checked in bytes, and never stand for two items', () => {
    assert.equal(checkedId('item', 'ü'.repeat(256)), 'ü'.repeat(256));
    assert.throws(() => checkedId('item', 'ü'.repeat(257)), { code: 'FIELD_INVALID' });
    const pair = fc.tuple(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(pair, pair, (left, right) => {
        assert.equal(itemKey(...left) === itemKey(...right), left[0] === right[0] && left[1] === right[1]);
      }),
    );
  });

  it('of contents go to hex and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        assert.ok(isHash(toHex(bytes)));
        assert.deepEqual(fromHex(toHex(bytes)), bytes);
      }),
    );
    for (const no of ['', 'A'.repeat(64), '../../../../etc', 'a'.repeat(65)]) assert.ok(!isHash(no));
  });
});

describe('patience', () => {
  it('ends by time, by signal, or with what was waited for', async () => {
    const never = new Promise<never>(() => undefined);
    await assert.rejects(within(never, { timeoutMs: 1 }), { code: 'TIMEOUT' });
    await assert.rejects(within(never, { signal: AbortSignal.abort() }), { code: 'CANCELLED' });
    const stop = new AbortController();
    const waiting = within(never, { signal: stop.signal });
    stop.abort();
    await assert.rejects(waiting, { code: 'CANCELLED' });
    assert.equal(await within(Promise.resolve(7), { timeoutMs: 1000 }), 7);
    await assert.rejects(within(Promise.reject(new Error('odd')), {}), { code: 'INTERNAL', message: /odd/ });
  });
});
