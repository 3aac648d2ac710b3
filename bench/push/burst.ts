import { Arena } from './arena.js';
import type { Implementation } from './messages.js';
import { median } from './statistics.js';

export interface BurstResult {
  readonly streams: number;
  readonly contentBytes: number;
  readonly perSecond: Readonly<Record<Implementation, number>>;
  /** Processor time of the server for one checkpoint, µs. */
  readonly cpuUs: Readonly<Record<Implementation, number>>;
}

export const IMPLEMENTATIONS = ['grpc-js', 'http2', 'foresync', 'session'] as const;

/** Bursts of each round, after one that warms up. */
const BURSTS = 3;

/** Everything queued at once, for so many streams. `total` is about how many checkpoints one burst has. */
export async function burstCase(
  streams: number,
  contentBytes: number,
  options: { readonly total: number; readonly rounds: number },
): Promise<BurstResult> {
  const each = Math.max(100, Math.floor(options.total / streams));
  const seen = new Map<Implementation, { perSecond: number; cpuUs: number }[]>();
  for (let round = 0; round < options.rounds; round++) {
    for (const implementation of IMPLEMENTATIONS) {
      const found = seen.get(implementation) ?? [];
      seen.set(implementation, found);
      found.push(...(await bursts(implementation, streams, contentBytes, each)));
    }
  }
  const of = (name: 'perSecond' | 'cpuUs') => (implementation: Implementation) =>
    median((seen.get(implementation) ?? []).map((burst) => burst[name]));
  return {
    streams,
    contentBytes,
    perSecond: byImplementation(of('perSecond')),
    cpuUs: byImplementation(of('cpuUs')),
  };
}

async function bursts(
  implementation: Implementation,
  streams: number,
  contentBytes: number,
  each: number,
): Promise<{ perSecond: number; cpuUs: number }[]> {
  const contents = each * (BURSTS + 1);
  const arena = await Arena.open({ implementation, streams, connections: streams, contentBytes, contents });
  try {
    const found = [];
    for (let from = 0; from < contents; from += each)
      found.push(await arena.burst({ from, to: from + each }));
    return found.slice(1);
  } finally {
    arena.close();
  }
}

export function byImplementation(
  of: (implementation: Implementation) => number,
): Record<Implementation, number> {
  return { foresync: of('foresync'), session: of('session'), 'grpc-js': of('grpc-js'), http2: of('http2') };
}
