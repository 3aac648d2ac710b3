import { createHash } from 'node:crypto';
import type { ItemId, Pseudonym } from '../domain/ids.js';

/** Partitions of all users; fixed, because each one is a hash tag of the keys in Redis. */
export const USER_PARTITIONS = 1024;

/**
 * The shard of an item in a space of so many shards: the first 4 bytes of the SHA-256 of its UTF-8 id, big-endian, modulo
 * `shards`. The same in every adapter and version, because it decides where an item's head and log entries are.
 */
export function shardOf(item: ItemId, shards: number): number {
  return firstWord(item) % shards;
}

/** The partition of a user, from 0 to 1,023: as `shardOf`, of the pseudonym. */
export function userPartition(user: Pseudonym): number {
  return firstWord(user) % USER_PARTITIONS;
}

function firstWord(text: string): number {
  return createHash('sha256').update(text, 'utf8').digest().readUInt32BE(0);
}
