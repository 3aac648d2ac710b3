import type { Store } from '../domain/store-port.js';
import { MemoryBlobs } from './memory/blobs.js';
import { Gate } from './memory/gate.js';
import { MemorySpaces } from './memory/spaces.js';
import { MemoryUsers } from './memory/users.js';
import type { StoreLimits, StoreSurroundings } from './options.js';
import { newAlias, newEpoch, wholeMs } from './options.js';
import { WakeUps } from './wake-ups.js';

/**
 * A store that lives as long as its process: for tests, replays and trying out. Same bounds as the others. What comes in
 * is checked by `openStore`, not here.
 */
export function openMemory(limits: StoreLimits, surroundings: StoreSurroundings): Store {
  const gate = new Gate();
  const wakeUps = new WakeUps();
  const now = (): number => wholeMs(surroundings.clock);
  const blobs = new MemoryBlobs({ gate, graceMs: limits.blobGraceMs, now });
  const spaces = new MemorySpaces({ gate, limits, blobs, wakeUps, newEpoch: () => newEpoch(surroundings) });
  const users = new MemoryUsers({ gate, limits, spaces, now, newAlias: () => newAlias(surroundings) });
  const close = (): Promise<void> => {
    gate.close();
    wakeUps.close();
    return Promise.resolve();
  };
  return { spaces, users, blobs, isShared: false, close };
}
