import type { ArchiveRecord } from '../../../domain/archive-port.js';
import type { SpaceId } from '../../../domain/ids.js';
import { decodeFed } from '../../codec/batch.js';
import { decodeKept } from '../changes.js';
import { LIVE_HEADS, LOG_WITH_DELETES, SHARD_AS_FOUND, SIZES } from '../lua/archive.js';
import { META, READ_FEED } from '../lua/space.js';
import { bytesOf, entriesOf, listOf, textOf, wholeOf } from '../replies.js';
import type { Reaching } from '../user-records.js';

/** Entries of one read. */
const PAGE = 256;

type SpaceRecord = Extract<ArchiveRecord, { kind: 'space' }>;

/** Records, and where to go on; null = that was the last. */
export interface Page {
  readonly records: readonly ArchiveRecord[];
  readonly next: string | null;
}

/** null for a space that is not ready. */
export async function readSpace({ router, keys }: Reaching, space: SpaceId): Promise<SpaceRecord | null> {
  const { reply } = await router.run({ script: META, keys: [keys.space(space).meta], args: [] });
  const [shards, epoch, ready = null] = listOf(reply);
  return ready === null ? null : { kind: 'space', space, shards: wholeOf(shards), epoch: textOf(epoch) };
}

/** A space with the bounds of its logs. */
export async function readBounds(
  { router, keys }: Reaching,
  record: SpaceRecord,
): Promise<readonly ArchiveRecord[]> {
  const { space } = record;
  const found: ArchiveRecord[] = [record];
  for (let shard = 0; shard < record.shards; shard++) {
    const { state, log } = keys.shard(space, shard);
    const call = { script: SHARD_AS_FOUND, keys: [state, log] as const, args: [record.epoch] };
    const [epoch, top, length] = listOf((await router.run(call)).reply);
    const high = wholeOf(top);
    // A shard that never had a change has no bounds in other stores.
    if (high > 0 || textOf(epoch) !== record.epoch)
      found.push({ kind: 'shard', space, shard, epoch: textOf(epoch), low: high - wholeOf(length), high });
  }
  const { high, low } = await feedPage({ router, keys }, space, 0, 1);
  if (high > 0) found.push({ kind: 'feed', space, low, high });
  return found;
}

/** How much there is in a space. */
export async function sizeOf({ router, keys }: Reaching, { space, shards }: SpaceRecord): Promise<number> {
  let total = 0;
  for (let shard = 0; shard < shards; shard++) {
    const { live, log } = keys.shard(space, shard);
    total += wholeOf((await router.run({ script: SIZES, keys: [live, log], args: [] })).reply);
  }
  const { feed } = keys.space(space);
  return total + wholeOf((await router.run({ script: SIZES, keys: [feed], args: [] })).reply);
}

/** How to read what is in a space, one thing after the other: heads and logs of the shards, the feed. */
export function sourcesOf(
  reaching: Reaching,
  { space, shards }: SpaceRecord,
): readonly ((after: string) => Promise<Page>)[] {
  const numbers = Array.from({ length: shards }, (_, shard) => shard);
  return [
    ...numbers.map((shard) => (after: string) => liveHeads(reaching, space, shard, after)),
    ...numbers.map((shard) => (after: string) => logOf(reaching, space, shard, Number(after))),
    (after) => feedOf(reaching, space, Number(after)),
  ];
}

async function liveHeads(
  { router, keys }: Reaching,
  space: SpaceId,
  shard: number,
  after: string,
): Promise<Page> {
  const { live, heads } = keys.shard(space, shard);
  const args = [after === '' ? '-' : `(${after}`, PAGE];
  const words = listOf((await router.run({ script: LIVE_HEADS, keys: [live, heads], args })).reply);
  const changes = words.filter((_, index) => index % 2 === 1);
  const records = changes.map((bytes) => headIn(space, bytesOf(bytes)));
  return { records, next: changes.length < PAGE ? null : textOf(words.at(-2)) };
}

/** Changes, and the heads of items that they deleted. */
async function logOf(
  { router, keys }: Reaching,
  space: SpaceId,
  shard: number,
  after: number,
): Promise<Page> {
  const { log, heads } = keys.shard(space, shard);
  const call = { script: LOG_WITH_DELETES, keys: [log, heads] as const, args: [`${after + 1}-0`, PAGE] };
  const [page, deleted] = listOf((await router.run(call)).reply);
  const entries = entriesOf(page);
  const changes = entries.map(
    ([, bytes]): ArchiveRecord => ({ kind: 'change', ...decodeKept(space, bytes) }),
  );
  const gone = listOf(deleted).map((bytes) => headIn(space, bytesOf(bytes)));
  return { records: [...changes, ...gone], next: nextOf(entries) };
}

async function feedOf(reaching: Reaching, space: SpaceId, after: number): Promise<Page> {
  const { entries } = await feedPage(reaching, space, after, PAGE);
  const { entries: batches, forgotten } = decodeFed(entries);
  const records = [
    ...batches.map((entry): ArchiveRecord => ({ kind: 'fed', ...entry })),
    ...forgotten.map((mark): ArchiveRecord => ({ kind: 'fed-mark', space, ...mark })),
  ];
  return { records, next: nextOf(entries) };
}

async function feedPage(
  { router, keys }: Reaching,
  space: SpaceId,
  after: number,
  limit: number,
): Promise<{ readonly high: number; readonly low: number; readonly entries: ReturnType<typeof entriesOf> }> {
  const { feed, fed } = keys.space(space);
  const args = ['high', `${after + 1}-0`, limit];
  const { reply } = await router.run({ script: READ_FEED, keys: [feed, fed], args });
  const [high, low, entries] = listOf(reply);
  return { high: wholeOf(high), low: wholeOf(low), entries: entriesOf(entries) };
}

function nextOf(entries: ReturnType<typeof entriesOf>): string | null {
  const last = entries.at(-1);
  return last === undefined || entries.length < PAGE ? null : `${last[0]}`;
}

function headIn(space: SpaceId, bytes: Uint8Array): ArchiveRecord {
  return { kind: 'head', ...decodeKept(space, bytes) };
}
