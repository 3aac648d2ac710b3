import assert from 'node:assert/strict';
import { bytes, openEnvironment } from './open-environment.js';
import type { OpenEnvironment } from './open-environment.js';

const text = (value: Uint8Array | null): string | null =>
  value === null ? null : Buffer.from(value).toString();

describe('store/lmdb/group-commit', () => {
  let opened: OpenEnvironment;
  let transactions = 0;

  beforeEach(async () => {
    opened = await openEnvironment({ waiting: 8, group: 4, groupBytes: 100 }, () => transactions++);
    transactions = 0;
  });

  afterEach(() => opened.remove());

  it('concurrent writes share transactions, up to the group', async () => {
    const { environment } = opened;
    const writes = Array.from({ length: 8 }, (_, index) =>
      environment.write((records) => records.put(bytes(`k${index}`), bytes(`${index}`))),
    );
    await Promise.all(writes);
    assert.ok(transactions >= 2 && transactions <= 3, `${transactions}`);
    for (let index = 0; index < 8; index++) {
      const value = await environment.read((records) => records.get(bytes(`k${index}`)));
      assert.equal(text(value), `${index}`);
    }
  });

  it('writes of much content do not share one', async () => {
    const { environment } = opened;
    await Promise.all(Array.from({ length: 4 }, () => environment.write(() => undefined, 100)));
    assert.equal(transactions, 4);
  });

  it('what throws is undone as a whole; the others of the group are not', async () => {
    const { environment } = opened;
    const write = (key: string, error?: Error) =>
      environment.write((records) => {
        records.put(bytes(key), bytes('1'));
        records.put(bytes('shared'), bytes(key));
        if (error !== undefined) throw error;
        return key;
      });
    const defect = new TypeError('a defect');
    const results = await Promise.allSettled([
      write('a'),
      write('b', defect),
      write('c'),
      write('d', defect),
    ]);
    assert.deepEqual(
      results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as Error))),
      ['a', defect, 'c', defect],
    );
    const read = (key: string) => environment.read((records) => text(records.get(bytes(key))));
    assert.deepEqual(await Promise.all(['a', 'b', 'c', 'd', 'shared'].map(read)), [
      '1',
      null,
      '1',
      null,
      'c',
    ]);
  });

  it('a write sees those before it, a reader only what is committed', async () => {
    const { environment } = opened;
    const seen: (string | null)[] = [];
    const add = (value: string) =>
      environment.write((records) => {
        seen.push(text(records.get(bytes('k'))));
        records.put(bytes('k'), bytes(value));
      });
    const writes = [add('1'), add('2'), add('3')];
    assert.equal(await environment.read((records) => records.get(bytes('k'))), null);
    await Promise.all(writes);
    assert.deepEqual(seen, [null, '1', '2']);
    assert.equal(await environment.read((records) => text(records.get(bytes('k')))), '3');
  });

  it('more writes than may wait are refused, and retrying succeeds', async () => {
    const { environment } = opened;
    const writes = Array.from({ length: 40 }, (_, index) => environment.write(() => index));
    const results = await Promise.allSettled(writes);
    const refused = results.filter((result) => result.status === 'rejected');
    assert.ok(refused.length >= 30, `${refused.length}`);
    for (const { reason } of refused) assert.equal((reason as { code: string }).code, 'STORE_UNAVAILABLE');
    assert.equal(await environment.write(() => 'again'), 'again');
  });

  it('closing waits for what was asked for, and refuses the rest', async () => {
    const { environment } = opened;
    const writes = ['a', 'b', 'c'].map((key) =>
      environment.write((records) => records.put(bytes(key), bytes('1'))),
    );
    const closing = environment.close();
    const late = environment.write(() => undefined);
    await assert.rejects(late, { code: 'STORE_UNAVAILABLE' });
    await Promise.all([...writes, closing]);
    await assert.rejects(
      environment.read(() => undefined),
      { code: 'STORE_UNAVAILABLE' },
    );
  });

  it('a key that is too long for LMDB fails alone', async () => {
    const { environment } = opened;
    const long = environment.write((records) => records.put(new Uint8Array(3000).fill(1), bytes('x')));
    const good = environment.write((records) => records.put(bytes('k'), bytes('x')));
    await assert.rejects(long, { code: 'STORE_UNAVAILABLE' });
    await good;
    const reading = environment.read((records) => records.get(new Uint8Array(5000).fill(1)));
    await assert.rejects(reading, { code: 'STORE_UNAVAILABLE' });
  });
});
