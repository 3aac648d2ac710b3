import type { ArchiveRecord } from '../../../domain/archive-port.js';
import type { Pseudonym } from '../../../domain/ids.js';
import { pseudonym } from '../../../domain/ids.js';
import { decodeBatch } from '../../codec/batch.js';
import { endings } from '../keys.js';
import { READ_FEED } from '../lua/space.js';
import { FIELDS } from '../lua/user.js';
import { bytesOrNull, entriesOf, listOf, textOf, wholeOf } from '../replies.js';
import type { Call } from '../script.js';
import type { Reaching } from '../user-records.js';
import { readIndex, readManifest, saved, spacesOf } from '../user-records.js';

/** Entries of one read. */
const PAGE = 256;

/** All that is under a user's keys. */
export async function readUser(reaching: Reaching, user: Pseudonym): Promise<ArchiveRecord[]> {
  const of = reaching.keys.user(user);
  const [alias = null, era = null, high = null] = await fields(reaching, [of.index], ['p', 'e', 'a']);
  const index = await readIndex(reaching, user);
  const found: ArchiveRecord[] = [];
  if (alias !== null) found.push({ kind: 'alias', user, alias: pseudonym(textOf(alias)), era: wholeOf(era) });
  for (const [device, sequence] of index.sequences) found.push({ kind: 'sequence', user, device, sequence });
  for (const space of index.spaces) {
    const state = await fields(reaching, [of.of(endings.state(space))], ['v', 'c', 'rv', 'r']);
    const [version, context = null, savedVersion, recurrent = null] = state;
    for (const [kind, at, bytes] of [
      ['context', version, bytesOrNull(context)],
      ['recurrent', savedVersion, bytesOrNull(recurrent)],
    ] as const)
      if (bytes !== null)
        found.push({ kind, user, space, version: wholeOf(at), bytes: new Uint8Array(bytes) });
  }
  if (high !== null) found.push(...(await activityOf(reaching, user)));
  for (const space of spacesOf(index.endings, 'o:')) {
    let place = 0;
    for await (const record of saved(reaching, user, space)) {
      const { checkpoint } = record;
      found.push({ kind: 'checkpoint', user, space, place: ++place, checkpoint });
    }
  }
  for (const { device, space } of index.holders)
    for (const held of await readManifest(reaching, user, device, space))
      found.push({ kind: 'held', user, device, space, ...held });
  return found;
}

async function activityOf({ router, keys }: Reaching, user: Pseudonym): Promise<ArchiveRecord[]> {
  const { activity, index } = keys.user(user);
  const found: ArchiveRecord[] = [];
  for (let after = 0; ; ) {
    const args = ['a', `${after + 1}-0`, PAGE];
    const { reply } = await router.run({ script: READ_FEED, keys: [activity, index], args });
    const [high, low, page] = listOf(reply);
    const entries = entriesOf(page).map(([offset, bytes]) => decodeBatch(offset, bytes));
    if (after === 0) found.push({ kind: 'activity-log', user, low: wholeOf(low), high: wholeOf(high) });
    for (const { offset, device, batch } of entries)
      found.push({ kind: 'activity', user, offset, device, batch });
    const last = entries.at(-1);
    if (last === undefined || entries.length < PAGE) return found;
    after = last.offset;
  }
}

async function fields(
  { router }: Reaching,
  keys: Call['keys'],
  names: readonly string[],
): Promise<readonly unknown[]> {
  return listOf((await router.run({ script: FIELDS, keys, args: names })).reply);
}
