/**
 * Writes to a store until it is killed, and prints each write after it was acknowledged:
 *   head ITEM VERSION HASH|-     batch WORKER SEQUENCE     manifest WORKER COUNT
 * Arguments: directory, round.
 */
import { createHash, randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { dataHash, deviceId, itemId, pseudonym, spaceId } from '../../src/domain/ids.js';
import type { Store } from '../../src/domain/store-port.js';
import { openStore } from '../../src/store/open.js';

const [directory = '', round = ''] = process.argv.slice(2);
const SPACE = spaceId('kill9');
const DEVICE = deviceId('device');
const WORKERS = 8;
const ITEMS = 12;

const store = await openStore({ url: `lmdb:${directory}` }, { clock: Date, randomBytes });
await store.spaces.ensure(SPACE, 3);
await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(store, worker)));

async function work(to: Store, worker: number): Promise<never> {
  for (let count = 1; ; count++) {
    const item = itemId(`item-${Math.floor(Math.random() * ITEMS)}`);
    if (count % 7 === 0) await remove(to, item);
    else await write(to, item, contentOf(worker, count));
    await apply(to, worker);
    if (count % 3 === 0) await hold(to, worker, count);
  }
}

/** Mostly small, now and then in several chunks and stages. */
function contentOf(worker: number, count: number): Buffer {
  const text = Buffer.from(`${round}/${worker}/${count}`);
  return count % 5 === 0 ? Buffer.concat([text, randomBytes(1_400_000)]) : text;
}

async function write(to: Store, item: ReturnType<typeof itemId>, content: Buffer): Promise<void> {
  const hash = dataHash(createHash('sha256').update(content).digest('hex'));
  await to.blobs.put(
    (async function* () {
      for (let at = 0; at < content.length; at += 200_000)
        yield await Promise.resolve(content.subarray(at, at + 200_000));
    })(),
    content.length,
    null,
  );
  await commit(to, item, hash, content.length);
}

async function remove(to: Store, item: ReturnType<typeof itemId>): Promise<void> {
  await commit(to, item, null, 0);
}

async function commit(
  to: Store,
  item: ReturnType<typeof itemId>,
  hash: ReturnType<typeof dataHash> | null,
  sizeBytes: number,
): Promise<void> {
  const result = await to.spaces.commit({
    space: SPACE,
    item,
    dataHash: hash,
    sizeBytes,
    timestampMs: Date.now(),
    edges: [],
    writer: null,
    audience: [],
    condition: { kind: 'always' },
  });
  if (result.kind === 'committed') say(`head ${item} ${result.change.head.version} ${hash ?? '-'}`);
}

async function apply(to: Store, worker: number): Promise<void> {
  const user = pseudonym(`worker-${worker}`);
  const sequence = (await to.users.sequence(user, DEVICE)) + 1;
  const { version } = await to.users.context(user, SPACE);
  const activities = [{ type: 'viewed' as const, item: itemId('x'), timeMs: sequence, locationCell: null }];
  const context = { expectedVersion: version, bytes: Buffer.from(`${sequence}`) };
  const result = await to.users.apply(user, DEVICE, { space: SPACE, sequence, activities }, context);
  if (result.kind === 'applied') say(`batch ${worker} ${sequence}`);
}

/** As many items as the count says, all with the hash of the count. */
async function hold(to: Store, worker: number, count: number): Promise<void> {
  const hash = dataHash(createHash('sha256').update(`${count}`).digest('hex'));
  const held = Array.from({ length: count % 20 }, (_, index) => ({
    item: itemId(`${index}`),
    dataHash: hash,
  }));
  await to.users.replaceManifest(pseudonym(`worker-${worker}`), DEVICE, SPACE, held);
  say(`manifest ${worker} ${count}`);
}

/** Synchronous: the line is in the pipe before anything else happens. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
