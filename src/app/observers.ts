import type { PlanObserver, PlanSeen } from '../domain/engine-port.js';
import type { SessionObserver } from '../session/observer.js';
import type { Logger } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics.js';

/** Counts plans, and shows them to whoever else wants to see them. */
export function planObserver(metrics: Metrics, also: PlanObserver | undefined): PlanObserver {
  return {
    onPlan(seen) {
      count(metrics, seen);
      also?.onPlan(seen);
    },
  };
}

/** Counts sessions and logs what goes wrong with them. A stream's own line in the log is written at the edge. */
export function sessionObserver(metrics: Metrics, logger: Logger): SessionObserver {
  return {
    opened: () => metrics.openSessions.inc(),
    closed(session, summary) {
      const { reason, lastedMs, ...totals } = summary;
      metrics.openSessions.dec();
      metrics.sessionEnds.inc({ reason });
      metrics.sessionSeconds.observe(lastedMs / 1000);
      for (const [what, amount] of Object.entries(totals)) metrics.sessionTotals.inc({ what }, amount);
      logger.debug({ session, ...summary }, 'session');
    },
    fault(what, error, space) {
      metrics.faults.inc({ what });
      logger.warn({ what, space, err: error }, 'fault');
    },
  };
}

function count(metrics: Metrics, { kind, plan, tookUs }: PlanSeen): void {
  metrics.plans.inc({ kind });
  metrics.planSeconds.observe(tookUs / 1_000_000);
  for (const push of plan.pushes) {
    metrics.plannedPushes.inc({ kind: push.kind });
    if (push.kind === 'content') metrics.plannedBytes.inc(push.scored.bytes);
  }
}
