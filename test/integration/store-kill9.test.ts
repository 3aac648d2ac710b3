import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { deviceId, pseudonym, spaceId } from '../../src/domain/ids.js';
import type { Change } from '../../src/domain/item.js';
import type { Store } from '../../src/domain/store-port.js';
import { openStore } from '../../src/store/open.js';
import { scratchFolder } from '../support/scratch.js';
import { auditBlobs } from '../support/store-audit.js';

const SPACE = spaceId('kill9');
const DEVICE = deviceId('device');
const SHARDS = 3;
const WORKERS = 8;
const ROUNDS = 10;
const clock = { ms: 0, now: () => Date.now() + clock.ms };

/** Everything that was ever acknowledged. */
interface Acknowledged {
  readonly heads: { readonly item: string; readonly version: number; readonly hash: string }[];
  readonly sequences: Map<number, number>;
  readonly manifests: Map<number, number>;
}

describe('store: kill -9', function () {
  this.timeout(180_000);

  it('loses nothing that was acknowledged, tears nothing apart, keeps its epoch', async () => {
    const folder = await scratchFolder();
    const known: Acknowledged = { heads: [], sequences: new Map(), manifests: new Map() };
    const epochs = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const lines = await runAndKill(folder.path, round, 1 + Math.floor(Math.random() ** 2 * 400));
      const before = known.manifests.size > 0 ? new Map(known.manifests) : new Map<number, number>();
      for (const line of lines) remember(known, line);
      const store = await openStore({ url: `lmdb:${folder.path}` }, { clock, randomBytes });
      epochs.add((await store.spaces.bounds(SPACE, 0)).epoch);
      await checkSpace(store, known);
      await checkUsers(store, known, before);
      await store.close();
      await auditBlobs(folder.path);
    }
    assert.equal(epochs.size, 1);
    assert.ok(known.heads.length > 50 && known.sequences.size === WORKERS, `${known.heads.length} heads`);
    await checkGarbage(folder.path);
    await folder.remove();
  });
});

/** Lets a child write and kills it after so many acknowledgements, at whatever it is doing then. */
async function runAndKill(directory: string, round: number, acknowledgements: number): Promise<string[]> {
  const script = fileURLToPath(new URL('store-kill9-child.ts', import.meta.url));
  const args = ['--import', 'tsx', '--conditions', 'foresync-dev', script, directory, `${round}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('exit', (_, signal) => resolve(signal)),
  );
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === acknowledgements) setTimeout(() => child.kill('SIGKILL'), Math.random() * 5);
  }
  assert.equal(await exited, 'SIGKILL', 'the child ended by itself');
  return lines;
}

function remember({ heads, sequences, manifests }: Acknowledged, line: string): void {
  const [kind, name = '', number = '', hash = ''] = line.split(' ');
  if (kind === 'head') heads.push({ item: name, version: Number(number), hash });
  else (kind === 'batch' ? sequences : manifests).set(Number(name), Number(number));
}

async function checkSpace(store: Store, known: Acknowledged): Promise<void> {
  const log = new Map<string, Change>();
  const last = new Map<string, Change>();
  for (let shard = 0; shard < SHARDS; shard++) {
    const page = await store.spaces.readLog(SPACE, shard, 0, 1_000_000);
    assert.ok(page.kind === 'page');
    assert.deepEqual([page.bounds.low, page.bounds.high], [0, page.changes.length]);
    for (const [index, change] of page.changes.entries()) {
      assert.deepEqual([change.head.version, change.head.shard], [index + 1, shard]);
      assert.equal(change.previousHash, last.get(change.head.item)?.head.dataHash ?? null);
      log.set(`${change.head.item} ${change.head.version}`, change);
      last.set(change.head.item, change);
    }
  }
  for (const { item, version, hash } of known.heads) {
    assert.equal(log.get(`${item} ${version}`)?.head.dataHash ?? '-', hash, `${item} ${version}`);
  }
  for (const change of last.values()) {
    assert.deepEqual(await store.spaces.head(SPACE, change.head.item), change.head);
    if (change.head.dataHash === null) continue;
    const content = await store.blobs.read(change.head.dataHash, 0, change.head.sizeBytes);
    assert.equal(
      createHash('sha256')
        .update(content ?? '')
        .digest('hex'),
      change.head.dataHash,
    );
  }
}

async function checkUsers(
  store: Store,
  known: Acknowledged,
  before: ReadonlyMap<number, number>,
): Promise<void> {
  const { entries } = await store.spaces.readFeed(SPACE, 0, 1_000_000);
  for (let worker = 0; worker < WORKERS; worker++) {
    const user = pseudonym(`worker-${worker}`);
    const sequence = await store.users.sequence(user, DEVICE);
    assert.ok(sequence >= (known.sequences.get(worker) ?? 0), `sequence of ${user}`);
    const { version, bytes } = await store.users.context(user, SPACE);
    assert.deepEqual(
      [version, Buffer.from(bytes).toString()],
      [sequence, sequence === 0 ? '' : `${sequence}`],
    );
    const batches = Array.from({ length: sequence }, (_, index) => index + 1);
    const inFeed = entries.filter((entry) => entry.user === user).map((entry) => entry.batch.sequence);
    assert.deepEqual(inFeed, batches);
    const activity = await store.users.readActivity(user, 0, 1_000_000);
    assert.deepEqual(
      activity.entries.map((entry) => entry.batch.sequence),
      batches.slice(-1000),
    );
    const held = await store.users.manifest(user, DEVICE, SPACE);
    assert.ok(new Set(held.map((entry) => entry.dataHash)).size <= 1, 'a manifest is replaced as a whole');
    const count = known.manifests.get(worker);
    if (count !== undefined && count === before.get(worker)) continue;
    assert.ok(
      count === undefined || isManifestOf(held, count) || isManifestOf(held, count + 3),
      `${held.length} ${count}`,
    );
  }
}

/** The acknowledged one, or the next, whose acknowledgement was not heard any more. */
function isManifestOf(held: readonly { readonly dataHash: string }[], count: number): boolean {
  const hash = createHash('sha256').update(`${count}`).digest('hex');
  return held.length === count % 20 && held.every((entry) => entry.dataHash === hash);
}

/** After the grace, with a few writes to stir it, exactly the blobs that heads name are left. */
async function checkGarbage(directory: string): Promise<void> {
  clock.ms += 60 * 60 * 1000;
  const store = await openStore({ url: `lmdb:${directory}` }, { clock, randomBytes });
  const heads = await store.spaces.list(SPACE, '', '', 1000);
  const live = new Set(heads.map((head) => head.dataHash));
  for (let round = 0; round < 100; round++) await store.spaces.ensure(spaceId(`stir ${round}`), 1);
  for (let shard = 0; shard < SHARDS; shard++) {
    const page = await store.spaces.readLog(SPACE, shard, 0, 1_000_000);
    for (const { head } of page.kind === 'page' ? page.changes : []) {
      if (head.dataHash !== null) assert.equal(await store.blobs.has(head.dataHash), live.has(head.dataHash));
    }
  }
  await store.close();
  await auditBlobs(directory);
}
