import type { ItemId, Pseudonym } from '../../domain/ids.js';
import type { HeldItem, ManifestChange } from '../../domain/store-port.js';
import type { ManifestDelta } from '../manifest-delta.js';
import { checkManifestSize, manifestDelta, manifestSize } from '../manifest-delta.js';
import type { StoreLimits } from '../options.js';
import { decodeHeld, encodeHeld } from '../codec/user.js';
import { endOf, keys } from './keys.js';
import { readCounter, writeCounter } from './log-records.js';
import type { Reading, Writing } from './records.js';

/** A device in a space, of a user. */
export interface Holder {
  readonly user: Pseudonym;
  readonly holder: Uint8Array;
}

/** What a device holds. */
export function readManifest(records: Reading, { user, holder }: Holder): HeldItem[] {
  const start = keys.held(user, holder, '');
  const limit = readCounter(records, keys.manifest(user, holder));
  return limit === 0
    ? []
    : records.range({ start, end: endOf(start), limit }).map(([, value]) => decodeHeld(value));
}

/** Throws FIELD_INVALID if it would hold too many; nothing is written then. */
export function writeManifestChange(
  records: Writing,
  { user, holder }: Holder,
  change: ManifestChange,
  limits: StoreLimits,
): void {
  const delta = manifestDelta(change);
  const has = (item: ItemId): boolean => records.get(keys.held(user, holder, item)) !== null;
  const size = manifestSize(readCounter(records, keys.manifest(user, holder)), has, delta);
  checkManifestSize(size, limits);
  writeDelta(records, { user, holder }, delta, size);
}

/** Writes only what differs from what is there. */
export function writeManifest(records: Writing, holder: Holder, held: readonly HeldItem[]): void {
  const before = new Map(readManifest(records, holder).map(({ item, dataHash }) => [item, dataHash]));
  const after = new Map(held.map(({ item, dataHash }) => [item, dataHash]));
  const drops = new Set([...before.keys()].filter((item) => !after.has(item)));
  const puts = new Map([...after].filter(([item, hash]) => before.get(item) !== hash));
  writeDelta(records, holder, { puts, drops }, after.size);
}

function writeDelta(records: Writing, { user, holder }: Holder, delta: ManifestDelta, size: number): void {
  for (const item of delta.drops) records.remove(keys.held(user, holder, item));
  for (const [item, hash] of delta.puts) records.put(keys.held(user, holder, item), encodeHeld(item, hash));
  writeCounter(records, keys.manifest(user, holder), size);
}
