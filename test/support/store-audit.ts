import assert from 'node:assert/strict';
import { StoredBlob, StoredChange } from '@foresync/protocol/at-rest';
import { CHUNK_BYTES } from '../../src/store/lmdb/blob-records.js';
import { Environment } from '../../src/store/lmdb/environment.js';
import { GROUP_COMMIT_LIMITS } from '../../src/store/lmdb/group-commit.js';
import type { KeyRange } from '../../src/store/lmdb/records.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/**
 * What no reader of the port sees, in the directory of a closed store: each blob is named by as many heads as it counts, is
 * listed as garbage exactly if by none, and has all its chunks; there are no others, and no stage of an upload.
 */
export async function auditBlobs(directory: string): Promise<void> {
  const environment = await Environment.open(directory, GROUP_COMMIT_LIMITS, () => undefined);
  const [blobs, heads] = environment.readNow((records) => [records.range(all('B')), records.range(all('h'))]);
  const [garbage, chunks, stages] = environment.readNow((records) => [
    records.keys(all('G')),
    records.keys(all('K')),
    records.keys(all('S')),
  ]);
  await environment.close();
  const named = countBy(heads.map(([, value]) => hex(StoredChange.decode(value).dataHash)));
  const pieces = countBy(chunks.map((key) => hex(key.subarray(1, 9))));
  const listed = new Set(garbage.map((key) => hex(key.subarray(9))));
  for (const [key, value] of blobs) {
    const [hash, blob] = [hex(key.subarray(1)), StoredBlob.decode(value)];
    assert.equal(Number(blob.references), named.get(hash) ?? 0, `references of ${hash}`);
    assert.equal(listed.delete(hash), blob.references === 0n, `garbage ${hash}`);
    const number = blob.number.toString(16).padStart(16, '0');
    assert.equal(
      pieces.get(number) ?? 0,
      Math.ceil(Number(blob.sizeBytes) / CHUNK_BYTES),
      `chunks of ${hash}`,
    );
    pieces.delete(number);
    named.delete(hash);
  }
  assert.deepEqual([[...named.keys()], [...pieces.keys()], [...listed], stages.length], [[], [], [], 0]);
}

function all(letter: string): KeyRange {
  const end = String.fromCharCode(letter.charCodeAt(0) + 1);
  return { start: Buffer.from(letter), end: Buffer.from(end), limit: 1_000_000 };
}

function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
