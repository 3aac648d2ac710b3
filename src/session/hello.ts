import type { Sha256 } from '@foresync/protocol/digest';
import { readableSpace } from '../content/access.js';
import { ForesyncError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import type { DeviceId, SpaceId } from '../domain/ids.js';
import type { Position } from '../domain/position.js';
import { standing } from '../domain/position.js';
import type { Hello, Verdict } from '../domain/session-port.js';
import { type HeldItem, type SpaceMeta, type Store } from '../domain/store-port.js';
import { FORGOTTEN_MS, type StoredUser } from '../domain/user-record.js';
import { ManifestDigest } from '../sync/manifest.js';
import type { Resumption } from './resume-token.js';

/** How a space goes on after Hello. */
export interface Judgement {
  readonly verdict: Verdict;
  /** What the device holds, if that is known. */
  readonly held: readonly HeldItem[];
  /** Up to where it was told, by shard, as far as the log can go on from there; else empty. */
  readonly told: readonly number[];
  /** The stored manifest is not what the device holds. */
  readonly replaceStored: boolean;
}

export interface HelloDeps {
  readonly store: Pick<Store, 'spaces' | 'users' | 'blobs'>;
  readonly sha256: Sha256;
}

/** The spaces of a Hello, in its order. Throws SPACE_FORBIDDEN or SPACE_UNKNOWN for the first that cannot be followed. */
export async function readableSpaces(
  { store }: HelloDeps,
  identity: Identity,
  hello: Hello,
): Promise<readonly SpaceMeta[]> {
  const metas: SpaceMeta[] = [];
  for (const space of hello.spaces) metas.push(await readableSpace({ store }, identity, space));
  return metas;
}

/** What is known of a device before its spaces are judged. */
export interface Coming {
  readonly user: StoredUser;
  /** What its resume token says; null without one. */
  readonly token: Resumption | null;
  readonly nowMs: number;
}

/**
 * Whether what a device holds is of an era of the user that is over, or may be: one that was away for longer than it is
 * remembered who was forgotten cannot be told from one whose user was.
 */
export function isForgotten({ user, token, nowMs }: Coming): boolean {
  return token !== null && (token.era !== user.era || nowMs - token.issuedMs > FORGOTTEN_MS);
}

/**
 * Judges a space. A device whose user was forgotten has to wipe it. Else the digest tells whether what the device holds is what the store says it holds; the positions tell
 * whether the log reaches back to what the device was told last. `anew` if it does not, whatever the digest says.
 */
export async function judge(
  deps: HelloDeps,
  identity: Identity & { readonly device: DeviceId },
  hello: Hello,
  { space, shards }: SpaceMeta,
  coming: Coming,
): Promise<Judgement> {
  if (isForgotten(coming)) return unknown('wipe', []);
  const positions = coming.token?.positions ?? [];
  const announced = hello.digests.get(space) ?? NOTHING_HELD;
  const own = positions.filter((position) => position.space === space);
  if (own.length > 0 && !(await reachable(deps, space, shards, own))) return unknown('anew', []);
  const told = own.length === 0 ? [] : byShard(own, shards);
  const stored = await deps.store.users.manifest(identity.user, identity.device, space);
  const held = announced.count === 0 ? [] : stored;
  if (!digestOf(deps.sha256, space, held).equals(announced)) {
    // Without a token nothing tells when it came by what it holds.
    const isOld = coming.token === null && coming.user.era > 0;
    return isOld ? unknown('wipe', []) : unknown('send-manifest', told);
  }
  return { verdict: 'resume', held, told, replaceStored: held.length !== stored.length };
}

/** Throws FIELD_INVALID for a device that holds more than a node is ready to know. */
export function checkHeld(hello: Hello, max: number): void {
  for (const [space, { count }] of hello.digests) {
    if (count <= max) continue;
    throw new ForesyncError(
      'FIELD_INVALID',
      `hello.digests: the device holds ${count} items, at most ${max}`,
      {
        field: 'hello.digests',
        facts: { space, limit: String(max) },
      },
    );
  }
}

async function reachable(
  { store }: HelloDeps,
  space: SpaceId,
  shards: number,
  positions: readonly Position[],
): Promise<boolean> {
  if (new Set(positions.map(({ shard }) => shard)).size !== shards) return false;
  const standings = await Promise.all(
    positions.map(async (position) => standing(position, await store.spaces.bounds(space, position.shard))),
  );
  return standings.every((stands) => stands === 'current' || stands === 'behind');
}

function digestOf(sha256: Sha256, space: SpaceId, held: readonly HeldItem[]): ManifestDigest {
  const digest = new ManifestDigest(sha256, space);
  for (const { item, dataHash } of held) digest.add(item, dataHash);
  return digest;
}

function byShard(positions: readonly Position[], shards: number): number[] {
  const offsets = new Array<number>(shards).fill(0);
  for (const { shard, offset } of positions) offsets[shard] = offset;
  return offsets;
}

function unknown(verdict: Verdict, told: readonly number[]): Judgement {
  return { verdict, held: [], told, replaceStored: false };
}

const NOTHING_HELD = { digest: new Uint8Array(32), count: 0 };
