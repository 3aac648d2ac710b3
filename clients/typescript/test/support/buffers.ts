import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { addTerm, digestBytes, manifestTerm } from '@foresync/protocol/digest';
import { DeviceBuffer } from '../../src/buffer.js';
import { DeviceFolder } from '../../src/device-folder.js';
import { fromHex } from '../../src/hex.js';
import { loadHashing } from '../../src/sha256.js';
import { DiskStorage } from '../../src/storage-disk.js';
import type { MemoryStorage } from '../../src/storage-memory.js';
import { bytesOf, checkpointFor, textOf } from './checkpoints.js';

export async function opened(
  storage: MemoryStorage | DiskStorage,
  capacity = 1_000_000,
  now = Date.now,
): Promise<DeviceBuffer> {
  return DeviceBuffer.open(storage, { hashing: await loadHashing(), capacity, now });
}

export function onDisk(folder: string, capacity?: number): Promise<DeviceBuffer> {
  return opened(new DiskStorage(new DeviceFolder(join(folder, 'device')), false), capacity, () => 42);
}

export function put(
  buffer: DeviceBuffer,
  item: string,
  content: string,
  more?: Parameters<typeof checkpointFor>[2],
): boolean {
  return buffer.put(checkpointFor(item, bytesOf(content), more), bytesOf(content));
}

export async function contentOf(
  buffer: DeviceBuffer,
  item: string,
  space = 's',
): Promise<string | undefined> {
  const holding = buffer.get(space, item);
  return holding === undefined ? undefined : textOf(await buffer.read(holding));
}

export function itemsOf(buffer: DeviceBuffer): string[] {
  return [...buffer.list()].map(({ checkpoint }) => checkpoint.item);
}

export function contentFiles(folder: string): Promise<string[]> {
  return readdir(join(folder, 'device', 'content'));
}

export function recounted(buffer: DeviceBuffer, space: string): { digest: Uint8Array; count: number } {
  const held = [...buffer.list(space)].map(({ checkpoint }) => checkpoint);
  const sum = held.reduce(
    (digest, { item, dataHash }) => addTerm(digest, manifestTerm(sha256, space, item, fromHex(dataHash))),
    0n,
  );
  return { digest: digestBytes(sum), count: held.length };
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
