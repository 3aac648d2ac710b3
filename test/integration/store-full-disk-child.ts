/**
 * Writes to a store until a write fails, prints `put HASH` for each that was acknowledged, then how the failure looked,
 * whether what is there can still be read, and whether small writes go on. Argument: directory.
 */
import { randomBytes } from 'node:crypto';
import type { DataHash } from '../../src/domain/ids.js';
import { spaceId } from '../../src/domain/ids.js';
import { openStore } from '../../src/store/open.js';

const [directory = ''] = process.argv.slice(2);
const store = await openStore({ url: `lmdb:${directory}` }, { clock: Date, randomBytes });
const hashes: DataHash[] = [];

try {
  for (;;) {
    const content = randomBytes(100_000);
    const hash = await store.blobs.put(once(content), content.length, null);
    hashes.push(hash);
    console.log(`put ${hash}`);
  }
} catch (error) {
  const { code, cause } = error as { code: string; cause: unknown };
  console.log(`failed ${code} ${cause instanceof Error}`);
}
const read = await Promise.all(hashes.map((hash) => store.blobs.read(hash, 0, 100_000)));
console.log(`read ${read.filter((bytes) => bytes?.length === 100_000).length}`);
console.log(`small ${(await store.spaces.ensure(spaceId('small'), 1)).shards}`);
await store.close();

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(content);
}
