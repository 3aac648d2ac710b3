import type { PolicyFigures, PolicyResult, ReplayResult } from '../../src/replay/figure-types.js';

/** Figures of a policy that removed this share of 400 waits among 1,000 opens. */
export function figuresOf(removed: number, more: Partial<PolicyFigures> = {}): PolicyFigures {
  const pushedBytes = removed === 0 ? 0 : 5_000_000;
  return {
    opens: 1000,
    zeroWait: 600 + Math.round(400 * removed),
    waitsRemoved: removed,
    pushedBytes,
    wastedBytes: pushedBytes / 2,
    waste: pushedBytes === 0 ? null : 0.5,
    reach: removed / 0.64,
    candidateRecall: 0.8125,
    byKind: {
      'repeat-changed': { waits: 200, waitsRemoved: removed },
      'first-touch': { waits: 100, waitsRemoved: removed / 2 },
      evicted: { waits: 0, waitsRemoved: null },
    },
    ece: 0.0123456789,
    prAuc: 0.25,
    pushedBias: -0.5,
    planUsP50: 412.4,
    planUsP99: 1800,
    wireBytes: null,
    ...more,
  };
}

/** A policy's result with series that go up and down. */
export function resultOf(removed: number, more: Partial<PolicyFigures> = {}): PolicyResult {
  const stretches = Array.from({ length: 60 }, (_, at) => {
    const waits = Math.round(8 - 8 * removed + 3 * Math.sin(at / 5));
    return { timeS: 1_700_000_000 + at * 86_400, opens: 20, waits, pushedBytes: 1000, wastedBytes: 400 };
  });
  const bins = Array.from({ length: 15 }, (_, at) => ({
    count: 100,
    meanScore: at / 15,
    openedShare: (at / 15) ** 1.5,
  }));
  const precision = Array.from({ length: 20 }, (_, at) => ({
    recall: at / 19,
    precision: 1 - (at / 20) * (1 - removed),
  }));
  const isScored = removed > 0;
  return {
    figures: figuresOf(removed, more),
    series: {
      stretches,
      openedBytes: 8_000_000,
      calibration: isScored ? bins : [],
      precision: isScored ? precision : [],
    },
  };
}

/** A result with these policies and shares of waits removed, in this order. */
export function replayResult(removed: Readonly<Record<string, number>>): ReplayResult {
  const policies = new Map(Object.entries(removed).map(([policy, share]) => [policy, resultOf(share)]));
  return { trace: 'git-<hono> & "co"', modelSha256: null, budget: 1, policies };
}

export const nine = {
  none: 0,
  mirror: 0.2,
  popular: 0.25,
  recent: 0.205,
  frequent: 0.165,
  markov: 0.289,
  covisit: 0.295,
  blend: 0.3,
  oracle: 0.665,
};
