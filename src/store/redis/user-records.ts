import type { DeviceId, Pseudonym, SpaceId } from '../../domain/ids.js';
import { deviceId, itemId, spaceId } from '../../domain/ids.js';
import type { FeedEntry, HeldItem, UserStore } from '../../domain/store-port.js';
import type { UserRecord } from '../../domain/user-record.js';
import { batchPrefix, decodeBatch } from '../codec/batch.js';
import { bytesToHash } from '../codec/fields.js';
import { decodeCheckpoint } from '../codec/user.js';
import { corrupt } from '../failures.js';
import type { Keys } from './keys.js';
import { endings } from './keys.js';
import { FIND_IN_FEED, SAVED } from './lua/forget.js';
import { WHOLE } from './lua/user.js';
import { bytesOf, entriesOf, listOf, textOf, wholeOf } from './replies.js';
import type { Router } from './router.js';

/** Entries of one read. */
const PAGE = 256;
/** Entries of a feed that one script looks at. */
export const FEED_PAGE = 1_000;

export interface Reaching {
  readonly router: Pick<Router, 'run' | 'runFree'>;
  readonly keys: Keys;
}

/** What a user's index lists. */
export interface UserIndex {
  readonly sequences: ReadonlyMap<DeviceId, number>;
  /** Endings of all keys but the index and the activity log. */
  readonly endings: readonly string[];
  /** Spaces with a context or a recurrent state. */
  readonly spaces: readonly SpaceId[];
  readonly holders: readonly { readonly device: DeviceId; readonly space: SpaceId }[];
}

export async function readIndex({ router, keys }: Reaching, user: Pseudonym): Promise<UserIndex> {
  const { reply } = await router.run({ script: WHOLE, keys: [keys.user(user).index], args: [] });
  const words = listOf(reply).map(textOf);
  const sequences = new Map<DeviceId, number>();
  const values = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [field, value] = [words[at] ?? '', words[at + 1] ?? ''];
    if (field.startsWith('q')) sequences.set(deviceId(field.slice(1)), wholeOf(value.split(' ')[0]));
    if (field.startsWith('k')) values.set(field.slice(1), value);
  }
  return {
    sequences,
    endings: [...values.keys()],
    spaces: spacesOf(values.keys(), 'x:'),
    holders: [...values].flatMap(([ending, value]) => (ending.startsWith('m:') ? [namesOf(value)] : [])),
  };
}

/** What a device holds. */
export async function readManifest(
  { router, keys }: Reaching,
  user: Pseudonym,
  device: DeviceId,
  space: SpaceId,
): Promise<readonly HeldItem[]> {
  const key = keys.user(user).of(endings.manifest(device, space));
  const words = listOf((await router.runFree({ script: WHOLE, keys: [key], args: [] })).reply);
  const held: HeldItem[] = [];
  for (let index = 0; index < words.length; index += 2) {
    const dataHash = bytesToHash('a held item', bytesOf(words[index + 1]));
    held.push({ item: itemId(textOf(words[index])), dataHash });
  }
  return held;
}

/** All that Redis keeps of a user, a page at a time; of what a device holds in a space, all at once. */
export async function* userRecords(
  reaching: Reaching,
  users: Pick<UserStore, 'context' | 'recurrent' | 'readActivity' | 'manifest'>,
  user: Pseudonym,
): AsyncGenerator<UserRecord> {
  const index = await readIndex(reaching, user);
  for (const [device, sequence] of index.sequences) yield { kind: 'sequence', device, sequence };
  for (const space of index.spaces) {
    const context = await users.context(user, space);
    if (context.bytes.length > 0) yield { kind: 'context', space, ...context };
    const recurrent = await users.recurrent(user, space);
    if (recurrent.bytes.length > 0) yield { kind: 'recurrent', space, ...recurrent };
  }
  for (let after = 0; ; ) {
    const { entries } = await users.readActivity(user, after, PAGE);
    for (const { offset, device, batch } of entries) yield { kind: 'activity', offset, device, batch };
    const last = entries.at(-1);
    if (last === undefined) break;
    after = last.offset;
  }
  for (const space of spacesOf(index.endings, 'o:')) yield* saved(reaching, user, space);
  for (const { device, space } of index.holders)
    for (const held of await users.manifest(user, device, space))
      yield { kind: 'held', device, space, ...held };
  for (const space of index.spaces)
    for await (const found of findInFeed(reaching, user, space))
      for (const { offset, device, batch } of found) yield { kind: 'fed', offset, device, batch };
}

/** A user's batches in a space's feed, page by page of the feed. */
export async function* findInFeed(
  { router, keys }: Reaching,
  user: Pseudonym,
  space: SpaceId,
): AsyncGenerator<readonly FeedEntry[]> {
  const { feed } = keys.space(space);
  for (let from = 1; ; ) {
    const args = [batchPrefix(user), `${from}-0`, FEED_PAGE];
    const { reply } = await router.run({ script: FIND_IN_FEED, keys: [feed], args });
    const [last = null, found] = listOf(reply);
    if (last === null) return;
    yield entriesOf(found).map(([offset, bytes]) => decodeBatch(offset, bytes));
    from = wholeOf(textOf(last).split('-')[0]) + 1;
  }
}

/** A user's checkpoints in a space, in the order of saving. */
export async function* saved(
  { router, keys }: Reaching,
  user: Pseudonym,
  space: SpaceId,
): AsyncGenerator<Extract<UserRecord, { kind: 'checkpoint' }>> {
  const of = keys.user(user);
  const [order, values] = [of.of(endings.order(space)), of.of(endings.checkpoints(space))];
  for (let from = 0; ; from += PAGE) {
    const args = [from, from + PAGE - 1];
    const words = listOf((await router.run({ script: SAVED, keys: [order, values], args })).reply);
    if (words.length === 0) return;
    for (let at = 0; at + 1 < words.length; at += 2) {
      const { checkpoint } = decodeCheckpoint(itemId(textOf(words[at])), bytesOf(words[at + 1]));
      yield { kind: 'checkpoint', space, checkpoint };
    }
  }
}

/** Spaces of the endings that begin so. */
export function spacesOf(found: Iterable<string>, beginning: string): readonly SpaceId[] {
  return [...found].flatMap((ending) =>
    ending.startsWith(beginning) ? [spaceId(ending.slice(beginning.length))] : [],
  );
}

/** Device and space of a manifest, as the index has them. */
export function namesWord(device: DeviceId, space: SpaceId): string {
  return JSON.stringify([device, space]);
}

function namesOf(word: string): { readonly device: DeviceId; readonly space: SpaceId } {
  const names: unknown = word === '' ? null : JSON.parse(word);
  if (!Array.isArray(names)) throw corrupt('a holder');
  return { device: deviceId(String(names[0])), space: spaceId(String(names[1])) };
}
