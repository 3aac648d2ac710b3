import {
  StoredCheckpoint as Message,
  StoredContext as ContextMessage,
  StoredHeld,
  StoredRecurrent as RecurrentMessage,
} from '@foresync/protocol/at-rest';
import type { DataHash, ItemId } from '../../domain/ids.js';
import { itemId } from '../../domain/ids.js';
import type { HeldItem, StoredContext, StoredRecurrent } from '../../domain/store-port.js';
import type { StoredCheckpoint } from '../../domain/user-record.js';
import { bytesToHash, decodeAs, hashToBytes, whole } from './fields.js';

export function encodeContext({ version, bytes }: StoredContext): Uint8Array {
  return ContextMessage.encode({ version: BigInt(version), context: bytes }).finish();
}

/** The bytes are the caller's own. Throws STORE_CORRUPT. */
export function decodeContext(bytes: Uint8Array): StoredContext {
  const stored = decodeAs('a context', ContextMessage, bytes);
  return { version: whole('a context', stored.version), bytes: new Uint8Array(stored.context) };
}

export function encodeRecurrent({ version, bytes }: StoredRecurrent): Uint8Array {
  return RecurrentMessage.encode({ version: BigInt(version), state: bytes }).finish();
}

/** The bytes are the caller's own. Throws STORE_CORRUPT. */
export function decodeRecurrent(bytes: Uint8Array): StoredRecurrent {
  const what = 'a recurrent state';
  const stored = decodeAs(what, RecurrentMessage, bytes);
  return { version: whole(what, stored.version), bytes: new Uint8Array(stored.state) };
}

/** `saved`: its place in the order in which the user's checkpoints were saved. */
export function encodeCheckpoint(checkpoint: StoredCheckpoint, saved: number): Uint8Array {
  return Message.encode({
    dataHash: hashToBytes(checkpoint.dataHash),
    version: BigInt(checkpoint.version),
    timestampMs: BigInt(checkpoint.timestampMs),
    dependencyHashes: checkpoint.dependencyHashes.map(hashToBytes),
    userContext: checkpoint.userContext,
    predictionScore: checkpoint.predictionScore,
    saved: BigInt(saved),
  }).finish();
}

/** Throws STORE_CORRUPT. */
export function decodeCheckpoint(
  item: ItemId,
  bytes: Uint8Array,
): { readonly checkpoint: StoredCheckpoint; readonly saved: number } {
  const what = 'a checkpoint';
  const stored = decodeAs(what, Message, bytes);
  const checkpoint = {
    item,
    dataHash: bytesToHash(what, stored.dataHash),
    version: whole(what, stored.version),
    timestampMs: whole(what, stored.timestampMs),
    dependencyHashes: stored.dependencyHashes.map((hash) => bytesToHash(what, hash)),
    userContext: stored.userContext,
    predictionScore: stored.predictionScore,
  };
  return { checkpoint, saved: whole(what, stored.saved) };
}

export function encodeHeld(item: ItemId, hash: DataHash): Uint8Array {
  return StoredHeld.encode({ item, dataHash: hashToBytes(hash) }).finish();
}

/** Throws STORE_CORRUPT. */
export function decodeHeld(bytes: Uint8Array): HeldItem {
  const stored = decodeAs('a held item', StoredHeld, bytes);
  return { item: itemId(stored.item), dataHash: bytesToHash('a held item', stored.dataHash) };
}
