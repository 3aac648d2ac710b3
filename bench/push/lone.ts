import { Arena } from './arena.js';
import { byImplementation, IMPLEMENTATIONS } from './burst.js';
import type { Implementation } from './messages.js';
import { median, quantile } from './statistics.js';

export interface LoneResult {
  readonly streams: number;
  readonly contentBytes: number;
  readonly perSecond: number;
  readonly p50Us: Readonly<Record<Implementation, number>>;
  readonly p99Us: Readonly<Record<Implementation, number>>;
  readonly cpuUs: Readonly<Record<Implementation, number>>;
}

interface Seen {
  readonly p50Us: number;
  readonly p99Us: number;
  readonly cpuUs: number;
}

/** Pushes that come one at a time, to one stream after the other. */
export async function lonePushes(
  streams: number,
  contentBytes: number,
  options: { readonly perSecond: number; readonly seconds: number; readonly rounds: number },
): Promise<LoneResult> {
  const { perSecond, seconds, rounds } = options;
  const contents = Math.ceil((perSecond * seconds) / streams);
  const seen = new Map<Implementation, Seen[]>();
  for (let round = 0; round < rounds; round++) {
    for (const implementation of IMPLEMENTATIONS) {
      const order = { implementation, streams, connections: streams, contentBytes, contents };
      const found = seen.get(implementation) ?? [];
      seen.set(implementation, found);
      found.push(await paced(await Arena.open(order), perSecond));
    }
  }
  const of = (name: keyof Seen) => (implementation: Implementation) =>
    median((seen.get(implementation) ?? []).map((one) => one[name]));
  return {
    streams,
    contentBytes,
    perSecond,
    p50Us: byImplementation(of('p50Us')),
    p99Us: byImplementation(of('p99Us')),
    cpuUs: byImplementation(of('cpuUs')),
  };
}

async function paced(arena: Arena, perSecond: number): Promise<Seen> {
  try {
    const { latenciesUs, cpuUs } = await arena.paced(perSecond);
    return { p50Us: quantile(latenciesUs, 0.5), p99Us: quantile(latenciesUs, 0.99), cpuUs };
  } finally {
    arena.close();
  }
}
