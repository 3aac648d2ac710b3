import type { Acks } from './acks.js';
import type { DeviceBuffer } from './buffer.js';
import type { Checkpoint } from './checkpoint.js';
import type { Committer } from './committer.js';
import type { EventBus } from './event-bus.js';
import type { Opens } from './opens.js';
import type { Outbox } from './outbox.js';
import type { DeviceRanking } from './ranking.js';
import type { Reporter } from './reporter.js';
import type { Hashing } from './sha256.js';

/** The parts of one device that outlive its sessions. */
export interface Device {
  readonly buffer: DeviceBuffer;
  readonly bufferCommits: Committer;
  readonly outbox: Outbox;
  readonly outboxCommits: Committer;
  readonly acks: Acks;
  readonly opens: Opens;
  readonly reporter: Reporter;
  readonly ranking: DeviceRanking;
  readonly rankingCommits: Committer;
  readonly events: EventBus;
  readonly hashing: Hashing;
  readonly counters: Counters;
}

/** What happened since the client was made. */
export interface Counters {
  /** Contents that came unasked and are or were held. */
  pushed: number;
  /** Bytes of content that came unasked. */
  pushedBytes: number;
  /** Contents that did not match their hash. */
  rejected: number;
  /** Opens, and those that waited for nobody. */
  opened: number;
  zeroWait: number;
  /** Activities that were given up. */
  activitiesLost: number;
  /** Sessions that were opened. */
  sessions: number;
}

export function noCounts(): Counters {
  return { pushed: 0, pushedBytes: 0, rejected: 0, opened: 0, zeroWait: 0, activitiesLost: 0, sessions: 0 };
}

/** Tells server and listeners what the buffer had to drop. */
export function tellDropped({ buffer, acks, events }: Pick<Device, 'buffer' | 'acks' | 'events'>): void {
  const dropped = buffer.takeDropped();
  acks.evicted(dropped);
  for (const { space, item, dataHash } of dropped) events.publish({ kind: 'evicted', space, item, dataHash });
}

/**
 * Holds a content that the device came by itself, its own write for example, unless it already holds a later one. The
 * server hears of it once it is stored.
 */
export async function holdOwn(device: Device, checkpoint: Checkpoint, content: Uint8Array): Promise<void> {
  device.opens.found(checkpoint, content);
  if (isOutdone(device.buffer, checkpoint)) return;
  const kept = device.buffer.put(checkpoint, content);
  tellDropped(device);
  await device.bufferCommits.request();
  if (kept) device.acks.held(checkpoint);
}

/** Keeps what the ranking was told, as soon as may be. */
export function keepLearned({ rankingCommits }: Pick<Device, 'rankingCommits'>): void {
  // A failure is told by the committer, which goes on trying.
  rankingCommits.request().catch(() => undefined);
}

/** Whether the device holds a later version of the item than this one, which came late. */
export function isOutdone(buffer: DeviceBuffer, { space, item, version, dataHash }: Checkpoint): boolean {
  const held = buffer.get(space, item)?.checkpoint;
  return held !== undefined && held.version > version && held.dataHash !== dataHash;
}

/** Drops everything that is kept of the user: contents, the resume token, activities that were not sent, and what was learned. */
export function wipe(device: Device): void {
  const { buffer, outbox, reporter, ranking, bufferCommits, outboxCommits } = device;
  buffer.wipe();
  buffer.takeDropped();
  buffer.saveResumeToken(new Uint8Array(0));
  reporter.wipe();
  outbox.wipe();
  ranking.wipe();
  keepLearned(device);
  // Who waits for the next commit hears of a failure; this one is tried until it succeeds.
  bufferCommits.request().catch(() => undefined);
  outboxCommits.request().catch(() => undefined);
}
