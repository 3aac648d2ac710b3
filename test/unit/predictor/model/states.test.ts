import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { ForesyncError } from '../../../../src/domain/errors.js';
import { pseudonym, spaceId } from '../../../../src/domain/ids.js';
import type { StateStore } from '../../../../src/domain/model-port.js';
import { RECURRENT_BYTES, type Store } from '../../../../src/domain/store-port.js';
import { MAX_STATE } from '../../../../src/predictor/model/manifest.js';
import { decodeState, encodeState } from '../../../../src/predictor/model/state-codec.js';
import { StoredStates } from '../../../../src/predictor/model/states.js';
import { openStore } from '../../../../src/store/open.js';

const [SPACE, ANN, BEN] = [spaceId('team'), pseudonym('a'.repeat(32)), pseudonym('b'.repeat(32))];
const [GRU, LRU] = ['11'.repeat(32), '22'.repeat(32)];
const state = (...values: number[]): Float32Array => Float32Array.from(values);

describe('the codec of states', () => {
  it('reads what it wrote, within the bytes that the store takes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.float32Array({ maxLength: 40, noNaN: true, noDefaultInfinity: true }),
        (id, values) => {
          const owned = { model: Buffer.from(id).toString('hex'), state: values };
          assert.deepEqual(decodeState(encodeState(owned)), owned);
        },
      ),
    );
    assert.ok(encodeState({ model: GRU, state: new Float32Array(MAX_STATE) }).length <= RECURRENT_BYTES);
  });

  it('answers null to all other bytes', () => {
    const bytes = encodeState({ model: GRU, state: state(1, 2) });
    for (const length of [0, 1, 32, 34, bytes.length - 1])
      assert.equal(decodeState(bytes.subarray(0, length)), null, `${length} bytes`);
    assert.equal(decodeState(Uint8Array.of(2, ...bytes.subarray(1))), null);
    assert.equal(decodeState(encodeState({ model: GRU, state: state(Number.NaN) })), null);
  });
});

describe('recurrent states', () => {
  let store: Store;
  let behind: StateStore;
  beforeEach(async () => {
    store = await openStore({ url: 'memory:' }, { clock: Date, randomBytes });
    await store.spaces.ensure(SPACE, 1);
    behind = {
      load: (user, space) => store.users.recurrent(user, space),
      save: (...args) => store.users.saveRecurrent(...args),
    };
  });
  afterEach(() => store.close());

  it('are remembered, and stored for whoever comes later', async () => {
    const states = new StoredStates(SPACE, behind);
    assert.equal(await states.get(ANN, GRU), undefined);
    const mine = state(1, 2);
    await states.put(ANN, GRU, mine);
    mine.fill(0);
    await states.put(BEN, GRU, state(3));
    assert.deepEqual(await states.get(ANN, GRU), state(1, 2));
    assert.deepEqual(states.counts, { loads: 2, foreign: 0, corrupt: 0, lost: 0 });
    const later = new StoredStates(SPACE, behind);
    assert.deepEqual(await later.get(ANN, GRU), state(1, 2));
    await later.put(ANN, GRU, state(4));
    assert.deepEqual(await later.get(ANN, GRU), state(4));
  });

  it('of another model count as none, and are replaced', async () => {
    const states = new StoredStates(SPACE, behind);
    await states.put(ANN, GRU, state(1));
    assert.equal(await states.get(ANN, LRU), undefined);
    await states.put(ANN, LRU, state(2));
    assert.deepEqual(await states.get(ANN, LRU), state(2));
    assert.equal(states.counts.foreign, 1);
  });

  it('that another writer overtook are lost, and read anew', async () => {
    const [one, other] = [new StoredStates(SPACE, behind), new StoredStates(SPACE, behind)];
    await one.put(ANN, GRU, state(1));
    await other.put(ANN, GRU, state(2));
    await one.put(ANN, GRU, state(3));
    assert.deepEqual(await one.get(ANN, GRU), state(2));
    assert.deepEqual([one.counts.lost, other.counts.lost], [1, 0]);
    await one.put(ANN, GRU, state(4));
    other.forget(ANN);
    assert.deepEqual(await other.get(ANN, GRU), state(4));
  });

  it('put one after the other without waiting all count', async () => {
    const states = new StoredStates(SPACE, behind);
    await states.get(ANN, GRU);
    await Promise.all([1, 2, 3].map((value) => states.put(ANN, GRU, state(value))));
    assert.equal((await store.users.recurrent(ANN, SPACE)).version, 3);
    assert.deepEqual(await new StoredStates(SPACE, behind).get(ANN, GRU), state(3));
  });

  it('whose bytes are no state count as none, and are replaced', async () => {
    await store.users.saveRecurrent(ANN, SPACE, 0, Buffer.from('nonsense'));
    const states = new StoredStates(SPACE, behind);
    assert.equal(await states.get(ANN, GRU), undefined);
    await states.put(ANN, GRU, state(1));
    assert.deepEqual(await new StoredStates(SPACE, behind).get(ANN, GRU), state(1));
    assert.deepEqual(states.counts, { loads: 1, foreign: 0, corrupt: 1, lost: 0 });
  });

  it('that the store cannot read live in memory alone', async () => {
    const corrupt = () => Promise.reject(new ForesyncError('STORE_CORRUPT', 'a value'));
    const states = new StoredStates(SPACE, { load: corrupt, save: corrupt });
    assert.equal(await states.get(ANN, GRU), undefined);
    await states.put(ANN, GRU, state(1));
    assert.deepEqual(await states.get(ANN, GRU), state(1));
    assert.deepEqual(states.counts, { loads: 1, foreign: 0, corrupt: 1, lost: 1 });
  });

  it('are bounded in memory; what went is read again', async () => {
    const states = new StoredStates(SPACE, behind, 1);
    await states.put(ANN, GRU, state(1));
    await states.put(BEN, GRU, state(2));
    assert.deepEqual(await states.get(ANN, GRU), state(1));
    assert.equal(states.counts.loads, 3);
  });

  it('tell of a store that does not answer, and forget what may not have been written', async () => {
    const states = new StoredStates(SPACE, behind);
    await states.put(ANN, GRU, state(1));
    const real = { ...behind };
    behind.save = () => Promise.reject(new ForesyncError('STORE_UNAVAILABLE', 'gone'));
    await assert.rejects(states.put(ANN, GRU, state(2)), { code: 'STORE_UNAVAILABLE' });
    behind = Object.assign(behind, real);
    assert.deepEqual(await states.get(ANN, GRU), state(1));
    behind.load = () => Promise.reject(new ForesyncError('STORE_UNAVAILABLE', 'gone'));
    await assert.rejects(states.get(BEN, GRU), { code: 'STORE_UNAVAILABLE' });
  });

  it('that were written while they were being read are not overwritten by what was read', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let slow = true;
    const states = new StoredStates(SPACE, {
      ...behind,
      load: async (user, space) => {
        const found = await behind.load(user, space);
        if (slow) {
          slow = false;
          await gate;
        }
        return found;
      },
    });
    const reading = states.get(ANN, GRU);
    await states.put(ANN, GRU, state(7));
    release();
    assert.deepEqual(await reading, state(7));
    assert.deepEqual(await states.get(ANN, GRU), state(7));
  });
});
