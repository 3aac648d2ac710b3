import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { open } from 'lmdb';
import type { Grace } from '../../../../src/store/lmdb/blob-records.js';
import { sweepBlobs } from '../../../../src/store/lmdb/blob-records.js';
import { LmdbBlobs } from '../../../../src/store/lmdb/blobs.js';
import { Environment } from '../../../../src/store/lmdb/environment.js';
import { GROUP_COMMIT_LIMITS } from '../../../../src/store/lmdb/group-commit.js';
import { removeAbandonedUploads, Upload } from '../../../../src/store/lmdb/upload.js';
import { hashOf, pieces } from '../../../contract/store/harness.js';
import type { OpenEnvironment } from './open-environment.js';
import { bytes, countKeys, openEnvironment } from './open-environment.js';

const MIB = 1024 * 1024;

/** The suite of the port sees what readers see; here is what lies in the directory. */
describe('store/lmdb/upload', () => {
  let opened: OpenEnvironment;
  let blobs: LmdbBlobs;
  const grace = { nowMs: 1_000_000, graceMs: 1000 };

  beforeEach(async () => {
    grace.nowMs = 1_000_000;
    opened = await openEnvironment({}, (records) => sweepBlobs(records, grace));
    blobs = new LmdbBlobs(opened.environment, (): Grace => grace);
  });

  afterEach(() => opened.remove());

  const put = (content: Uint8Array, size = content.length) => blobs.put(pieces(content, 100_000), size, null);
  const lies = async (): Promise<Record<string, number>> => {
    const counts = ['K', 'B', 'G', 'S'].map(async (letter) => [
      letter,
      await countKeys(opened.environment, letter),
    ]);
    return Object.fromEntries(await Promise.all(counts)) as Record<string, number>;
  };

  it('leaves a blob in chunks, listed by time while nothing refers to it, and no stage', async () => {
    await put(randomBytes(3 * MIB + 1));
    assert.deepEqual(await lies(), { K: 13, B: 1, G: 1, S: 0 });
    await put(randomBytes(1));
    await put(new Uint8Array());
    assert.deepEqual(await lies(), { K: 14, B: 3, G: 3, S: 0 });
  });

  it('of what is there already leaves no second copy', async () => {
    const content = randomBytes(3 * MIB);
    await Promise.all([put(content), put(content), put(content)]);
    grace.nowMs++;
    await put(content);
    await blobs.put(pieces(content, MIB), content.length, hashOf(content));
    assert.deepEqual(await lies(), { K: 12, B: 1, G: 1, S: 0 });
  });

  it('that fails leaves nothing', async () => {
    const content = randomBytes(3 * MIB);
    await assert.rejects(put(content, content.length - 1), { code: 'HASH_MISMATCH' });
    assert.deepEqual(await lies(), { K: 0, B: 0, G: 0, S: 0 });
  });

  it('that a crash ended is removed at the next opening; another’s number is never taken again', async () => {
    for (let index = 0; index < 9; index++) await new Upload(opened.environment).add(randomBytes(2 * MIB));
    await put(Buffer.from('kept'));
    assert.deepEqual(await lies(), { K: 73, B: 1, G: 1, S: 9 });
    await removeAbandonedUploads(opened.environment);
    assert.deepEqual(await lies(), { K: 1, B: 1, G: 1, S: 0 });
    assert.equal(Buffer.from((await blobs.read(hashOf('kept'), 0, 9)) ?? []).toString(), 'kept');
  });

  it('whose stage was taken away says so and makes no blob', async () => {
    const upload = new Upload(opened.environment);
    const content = randomBytes(2 * MIB);
    await upload.add(content);
    await removeAbandonedUploads(opened.environment);
    const publishing = upload.publish(hashOf(content), content.length, grace.nowMs);
    await assert.rejects(publishing, { code: 'STORE_UNAVAILABLE' });
    assert.deepEqual(await lies(), { K: 0, B: 0, G: 0, S: 0 });
  });

  it('makes room: what nothing refers to is swept after its grace, a few at a time', async () => {
    for (let index = 0; index < 40; index++) await put(bytes(`${index}`));
    await put(randomBytes(2 * MIB));
    grace.nowMs += grace.graceMs;
    const stir = () => opened.environment.write(() => undefined);
    await stir();
    assert.deepEqual(await lies(), { K: 48, B: 41, G: 41, S: 0 });
    grace.nowMs += 1;
    const left: (number | undefined)[] = [];
    for (let round = 0; round < 4; round++) {
      await stir();
      left.push((await lies())['B']);
    }
    assert.deepEqual(left, [25, 9, 0, 0]);
    assert.deepEqual(await lies(), { K: 0, B: 0, G: 0, S: 0 });
  });

  it('sweeps what is damaged as well: it is garbage, and no write may fail because of it', async () => {
    await put(bytes('one'));
    await opened.environment.close();
    const raw = open<Uint8Array, Uint8Array>({
      path: opened.path,
      encoding: 'binary',
      keyEncoding: 'binary',
      overlappingSync: false,
    });
    const [listed] = Array.from(raw.getKeys({ start: Buffer.from('G'), limit: 1 }));
    assert.ok(listed);
    await raw.put(listed, bytes('damaged'));
    await raw.close();
    const again = await Environment.open(opened.path, GROUP_COMMIT_LIMITS, (records) =>
      sweepBlobs(records, grace),
    );
    grace.nowMs += grace.graceMs + 1;
    await again.write(() => undefined);
    const left = await Promise.all(['B', 'G'].map((letter) => countKeys(again, letter)));
    assert.deepEqual(left, [0, 0]);
    await again.close();
  });
});
