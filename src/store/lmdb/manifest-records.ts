import { StoredHolder } from '@foresync/protocol/at-rest';
import type { DeviceId, ItemId, Pseudonym, SpaceId } from '../../domain/ids.js';
import { deviceId, spaceId } from '../../domain/ids.js';
import type { HeldItem, ManifestChange } from '../../domain/store-port.js';
import type { ManifestDelta } from '../manifest-delta.js';
import { checkManifestSize, manifestDelta, manifestSize } from '../manifest-delta.js';
import type { StoreLimits } from '../options.js';
import { decodeAs, whole } from '../codec/fields.js';
import { decodeHeld, encodeHeld } from '../codec/user.js';
import { endOf, holderOf, keys } from './keys.js';
import type { Reading, Writing } from './records.js';

/** A device in a space, of a user. */
export interface Holder {
  readonly user: Pseudonym;
  readonly device: DeviceId;
  readonly space: SpaceId;
}

/** What a device holds. */
export function readManifest(records: Reading, holder: Holder): HeldItem[] {
  const start = held(holder, '');
  const limit = readSize(records, holder);
  return limit === 0
    ? []
    : records.range({ start, end: endOf(start), limit }).map(([, value]) => decodeHeld(value));
}

/** Throws FIELD_INVALID if it would hold too many; nothing is written then. */
export function writeManifestChange(
  records: Writing,
  holder: Holder,
  change: ManifestChange,
  limits: StoreLimits,
): void {
  const delta = manifestDelta(change);
  const has = (item: ItemId): boolean => records.get(held(holder, item)) !== null;
  const size = manifestSize(readSize(records, holder), has, delta);
  checkManifestSize(size, limits);
  writeDelta(records, holder, delta, size);
}

/** Writes only what differs from what is there. */
export function writeManifest(records: Writing, holder: Holder, wanted: readonly HeldItem[]): void {
  const before = new Map(readManifest(records, holder).map(({ item, dataHash }) => [item, dataHash]));
  const after = new Map(wanted.map(({ item, dataHash }) => [item, dataHash]));
  const drops = new Set([...before.keys()].filter((item) => !after.has(item)));
  const puts = new Map([...after].filter(([item, hash]) => before.get(item) !== hash));
  writeDelta(records, holder, { puts, drops }, after.size);
}

/** Who holds something: device and space are only here. */
export function decodeHolder(bytes: Uint8Array): { readonly device: DeviceId; readonly space: SpaceId } {
  const { device, space } = decodeAs('a holder', StoredHolder, bytes);
  return { device: deviceId(device), space: spaceId(space) };
}

/** The first key of what a device holds in a space. */
export function held({ user, device, space }: Holder, item: string): Uint8Array {
  return keys.held(user, holderOf(device, space), item);
}

function readSize(records: Reading, { user, device, space }: Holder): number {
  const bytes = records.get(keys.manifest(user, holderOf(device, space)));
  return bytes === null ? 0 : whole('a holder', decodeAs('a holder', StoredHolder, bytes).count);
}

function writeDelta(records: Writing, holder: Holder, delta: ManifestDelta, size: number): void {
  for (const item of delta.drops) records.remove(held(holder, item));
  for (const [item, hash] of delta.puts) records.put(held(holder, item), encodeHeld(item, hash));
  const { user, device, space } = holder;
  const value = StoredHolder.encode({ count: BigInt(size), device, space }).finish();
  records.put(keys.manifest(user, holderOf(device, space)), value);
}
