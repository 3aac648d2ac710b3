import type { PolicyFigures, ReplayResult, WaitKind } from '../figure-types.js';

/**
 * The figures as REPLAY.md writes them: one object, stable keys in a stable order, shares and statistics rounded to six
 * digits, null for what was not measured. Ends with a line feed.
 */
export function reportJson(result: ReplayResult): string {
  const policies = [...result.policies].map(
    ([policy, { figures }]) => [policy, figuresJson(figures)] as const,
  );
  const { trace, modelSha256, budget } = result;
  const report = { trace, model_sha256: modelSha256, budget, policies: Object.fromEntries(policies) };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function figuresJson(figures: PolicyFigures): object {
  return {
    opens: figures.opens,
    zero_wait: figures.zeroWait,
    waits_removed: rounded(figures.waitsRemoved),
    pushed_bytes: figures.pushedBytes,
    wasted_bytes: figures.wastedBytes,
    waste: rounded(figures.waste),
    reach: rounded(figures.reach),
    candidate_recall: rounded(figures.candidateRecall),
    by_kind: {
      repeat_changed: kindJson(figures, 'repeat-changed'),
      first_touch: kindJson(figures, 'first-touch'),
      evicted: kindJson(figures, 'evicted'),
    },
    ece: rounded(figures.ece),
    pr_auc: rounded(figures.prAuc),
    pushed_bias: rounded(figures.pushedBias),
    plan_us_p50: rounded(figures.planUsP50),
    plan_us_p99: rounded(figures.planUsP99),
    wire_bytes: figures.wireBytes,
  };
}

function kindJson(figures: PolicyFigures, kind: WaitKind): object {
  const { waits, waitsRemoved } = figures.byKind[kind];
  return { waits, waits_removed: rounded(waitsRemoved) };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e6) / 1e6;
}
