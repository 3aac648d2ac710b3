import { setTimeout as wait } from 'node:timers/promises';
import { Arena } from './arena.js';

export interface IdleResult {
  readonly sessions: number;
  readonly connections: number;
  /** Memory of the server for each open session, KiB: JavaScript heap and what hangs on it, and of the whole process. */
  readonly heapKiB: number;
  readonly rssKiB: number;
}

/** Sessions that do nothing, on so many connections. */
export async function idleMemory(sessions: number, connections: number): Promise<IdleResult> {
  const order = {
    implementation: 'session' as const,
    streams: sessions,
    connections,
    contentBytes: 100,
    contents: 1,
  };
  const arena = await Arena.open(order);
  try {
    await wait(1000);
    const { heapBytes, rssBytes } = await arena.memory();
    const { emptyMemory } = arena;
    const each = (after: number, before: number): number => (after - before) / sessions / 1024;
    return {
      sessions,
      connections,
      heapKiB: each(heapBytes, emptyMemory.heapBytes),
      rssKiB: each(rssBytes, emptyMemory.rssBytes),
    };
  } finally {
    arena.close();
  }
}
