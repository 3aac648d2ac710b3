import { decodeDelta } from '@foresync/protocol/delta';
import type { ForesyncError } from '../../src/domain/errors.js';
import type { DataHash, ItemId, SpaceId } from '../../src/domain/ids.js';
import type { Position } from '../../src/domain/position.js';
import type { Ack, Hello, Push, PushBudget } from '../../src/domain/session-port.js';
import { ManifestDigest } from '../../src/sync/manifest.js';
import { sha256 } from './session-node.js';

/** What a device keeps of an item. */
export interface Kept {
  readonly space: SpaceId;
  readonly item: ItemId;
  readonly bytes: Uint8Array;
  readonly dataHash: DataHash;
  readonly version: number;
  readonly old: boolean;
}

export interface Opened {
  readonly text: string;
  readonly zeroWait: boolean;
}

export interface Transfer {
  readonly delivery: number;
  readonly push: Push;
  readonly requestId: number;
  readonly parts: Uint8Array[];
}

export interface Waiting {
  readonly space: SpaceId;
  readonly item: ItemId;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: ForesyncError) => void;
  retries: number;
}

export const NO_BUDGET: PushBudget = {
  bytesPerHour: 0,
  maxInFlight: 0,
  maxInFlightBytes: 0,
  metadataOnly: false,
  paused: false,
};

/** What the device did and did not tell yet. */
export interface PendingAck {
  readonly opened: Ack['opened'][number][];
  readonly held: Ack['held'][number][];
  readonly evicted: Ack['evicted'][number][];
  readonly rejected: number[];
}

export const emptyAck = (): PendingAck => ({ opened: [], held: [], evicted: [], rejected: [] });

export const keyOf = (space: SpaceId, item: ItemId): string => `${space}\n${item}`;

export function merged(before: readonly Position[], news: readonly Position[]): readonly Position[] {
  const all = new Map(before.map((position) => [`${position.space} ${position.shard}`, position]));
  for (const position of news) all.set(`${position.space} ${position.shard}`, position);
  return [...all.values()];
}

/** What a device says in its Hello that it holds. */
export function digestsOf(spaces: readonly SpaceId[], all: Iterable<Kept>): Hello['digests'] {
  const kept = [...all];
  return new Map(
    spaces.map((space) => {
      const digest = new ManifestDigest(sha256, space);
      for (const one of kept) if (one.space === space) digest.add(one.item, one.dataHash);
      return [space, { digest: digest.bytes(), count: digest.count }];
    }),
  );
}

export const currentText = (kept: Kept | undefined): string | null =>
  kept === undefined || kept.old ? null : Buffer.from(kept.bytes).toString();

/** What came, as it arrived, put together with what is kept; null if no sense can be made of it. */
export function contentOf(
  { push, parts }: Transfer,
  corrupts: (push: Push) => boolean,
  kept: Kept | undefined,
): Uint8Array | null {
  const bytes = Buffer.concat(parts);
  if (corrupts(push)) return Buffer.concat([bytes, Buffer.of(0)]);
  const base = push.body.kind === 'metadata' ? null : push.body.base;
  if (base === null) return bytes;
  return kept?.dataHash === base ? decodeDelta(kept.bytes, bytes, 2 ** 26) : null;
}
