import { createHash } from 'node:crypto';
import type { ItemId } from '../domain/ids.js';

/**
 * The shard of an item in a space of so many shards: the first 4 bytes of the SHA-256 of its UTF-8 id, big-endian, modulo
 * `shards`. The same in every adapter and version, because it decides where an item's head and log entries are.
 */
export function shardOf(item: ItemId, shards: number): number {
  return firstWord(item) % shards;
}

/** The partition of a text, from 0 to `partitions` - 1: as `shardOf`. Redis keeps what belongs together by it. */
export function partitionOf(text: string, partitions: number): number {
  return firstWord(text) % partitions;
}

function firstWord(text: string): number {
  return createHash('sha256').update(text, 'utf8').digest().readUInt32BE(0);
}
