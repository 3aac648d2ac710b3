import type { Counter as PromCounter } from 'prom-client';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Everything that is measured. Labels have few values (methods, codes, kinds): never users, devices, items or sessions. */
export interface Metrics {
  readonly registry: Registry;
  readonly calls: PromCounter<'method' | 'code'>;
  readonly callSeconds: Histogram<'method'>;
  readonly openStreams: Gauge<'method'>;
  readonly messages: PromCounter<'method' | 'direction'>;
  readonly bytes: PromCounter<'method' | 'direction'>;
  readonly plans: PromCounter<'kind'>;
  readonly planSeconds: Histogram;
  readonly plannedPushes: PromCounter<'kind'>;
  readonly plannedBytes: Counter;
  readonly openSessions: Gauge;
  readonly sessionEnds: PromCounter<'reason'>;
  readonly sessionSeconds: Histogram;
  readonly sessionTotals: PromCounter<'what'>;
  readonly faults: PromCounter<'what'>;
  readonly modelState: Gauge<'state'>;
  readonly modelFailures: PromCounter<'reason'>;
  readonly modelLoads: PromCounter<'result'>;
  readonly plansWithoutModel: PromCounter<'reason'>;
  readonly storeWrites: PromCounter<'durability'>;
  readonly storeRetries: PromCounter<'reason'>;
  readonly storeLogsLost: Counter;
  readonly shadowOpens: Counter;
  readonly shadowHits: PromCounter<'of'>;
  readonly shadowFailures: Counter;
}

/** A registry of its own for each server, so that two in one process do not meet. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    calls: new Counter({
      name: 'foresync_rpc_calls_total',
      help: 'Calls that ended, by their status code.',
      labelNames: ['method', 'code'],
      registers,
    }),
    callSeconds: new Histogram({
      name: 'foresync_rpc_call_seconds',
      help: 'Duration of calls; a stream counts once, when it ends.',
      labelNames: ['method'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600, 3600],
      registers,
    }),
    openStreams: new Gauge({
      name: 'foresync_rpc_open_calls',
      help: 'Calls that are open now.',
      labelNames: ['method'],
      registers,
    }),
    messages: new Counter({
      name: 'foresync_rpc_messages_total',
      help: 'Messages moved by ended calls.',
      labelNames: ['method', 'direction'],
      registers,
    }),
    bytes: new Counter({
      name: 'foresync_rpc_bytes_total',
      help: 'Encoded bytes moved by ended calls.',
      labelNames: ['method', 'direction'],
      registers,
    }),
    plans: new Counter({
      name: 'foresync_plans_total',
      help: 'Plans made, for users and for holders of a change.',
      labelNames: ['kind'],
      registers,
    }),
    planSeconds: new Histogram({
      name: 'foresync_plan_seconds',
      help: 'Duration of a plan: candidates, scores and choice.',
      buckets: [0.000_05, 0.0002, 0.001, 0.005, 0.02, 0.1, 0.5],
      registers,
    }),
    plannedPushes: new Counter({
      name: 'foresync_planned_pushes_total',
      help: 'Pushes planned, as content or as metadata.',
      labelNames: ['kind'],
      registers,
    }),
    plannedBytes: new Counter({
      name: 'foresync_planned_bytes_total',
      help: 'Bytes of the contents planned to be pushed.',
      registers,
    }),
    openSessions: new Gauge({
      name: 'foresync_open_sessions',
      help: 'Sessions that are open now.',
      registers,
    }),
    sessionEnds: new Counter({
      name: 'foresync_session_ends_total',
      help: 'Sessions that ended, by the reason.',
      labelNames: ['reason'],
      registers,
    }),
    sessionSeconds: new Histogram({
      name: 'foresync_session_seconds',
      help: 'How long sessions lasted.',
      buckets: [1, 10, 60, 600, 3600, 6 * 3600, 24 * 3600],
      registers,
    }),
    sessionTotals: new Counter({
      name: 'foresync_session_totals',
      help: 'What ended sessions did: batches, requests, pushed items and bytes, …',
      labelNames: ['what'],
      registers,
    }),
    faults: new Counter({
      name: 'foresync_faults_total',
      help: 'Failures that ended no call, by what failed.',
      labelNames: ['what'],
      registers,
    }),
    ...modelMetrics(registers),
  };
}

function modelMetrics(registers: Registry[]) {
  return {
    modelState: new Gauge({
      name: 'foresync_model_state',
      help: '1 for the state that the breaker of the model is in: closed (it answers), open (shut off), half-open (tried).',
      labelNames: ['state'],
      registers,
    }),
    modelFailures: new Counter({
      name: 'foresync_model_failures_total',
      help: 'Runs of the model that failed, and calls refused because it was shut off (open) or does not end one (stalled), by the reason.',
      labelNames: ['reason'],
      registers,
    }),
    modelLoads: new Counter({
      name: 'foresync_model_loads_total',
      help: 'Models that were loaded or refused, at the start and by SIGHUP.',
      labelNames: ['result'],
      registers,
    }),
    storeWrites: new Counter({
      name: 'foresync_store_writes_total',
      help: 'Writes that Redis acknowledged, by how safe they are.',
      labelNames: ['durability'],
      registers,
    }),
    storeRetries: new Counter({
      name: 'foresync_store_retries_total',
      help: 'Calls to Redis that were sent again: moved, ask, load (scripts), again (failovers, migrations, slow replicas).',
      labelNames: ['reason'],
      registers,
    }),
    storeLogsLost: new Counter({
      name: 'foresync_store_logs_lost_total',
      help: 'Logs that were found lost, or whose server was started again in place: their devices start anew.',
      registers,
    }),
    shadowOpens: new Counter({
      name: 'foresync_shadow_opens_total',
      help: 'Opens of sampled users by which the policy and the shadow model were compared.',
      registers,
    }),
    shadowHits: new Counter({
      name: 'foresync_shadow_hits_total',
      help: 'Those of them that would have been ready, of the policy and of the shadow model.',
      labelNames: ['of'],
      registers,
    }),
    shadowFailures: new Counter({
      name: 'foresync_shadow_failures_total',
      help: 'Plans that the shadow model could not rehearse.',
      registers,
    }),
    plansWithoutModel: new Counter({
      name: 'foresync_plans_without_model_total',
      help: 'Plans that the model should have scored and did not, by the reason.',
      labelNames: ['reason'],
      registers,
    }),
  };
}
