import { availableParallelism } from 'node:os';
import { modelSha256, SHIPPED_MODEL } from '../app/model.js';
import { needsModel } from '../app/rankings.js';
import type { PolicyResult, ReplayResult } from './figure-types.js';
import type { PolicyTask, TaskProgress } from './policy-task.js';
import { runPool } from './policy-pool.js';
import { shownName } from './policies.js';
import { runPolicy } from './run-policy.js';
import type { TraceView } from './trace.js';
import { readMeta } from './trace-meta.js';

export interface ReplayOptions extends TraceView {
  /** Folder of the trace. */
  readonly folder: string;
  /** In the order of the report; each once. */
  readonly policies: readonly string[];
  /** Bytes that may be pushed for each byte that is opened. */
  readonly budget: number;
  readonly mode: PolicyTask['mode'];
  /** Folder of the model; null = the one that comes with Foresync. */
  readonly model?: string | null;
  /** Policies at the same time, each in a process of its own (1 = in this one); null = one a core, at most 4. */
  readonly workers: number | null;
  readonly signal: AbortSignal;
  onProgress(progress: TaskProgress): void;
}

const MOST_WORKERS = 4;

/** Replays a trace under each policy, several at a time. Throws TRACE_INVALID, CONFIG_INVALID, MODEL_INVALID, or the signal's reason. */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { folder, policies, budget, mode, lastSteps, splitDevices } = options;
  const { name } = await readMeta(folder);
  const model = options.model ?? null;
  const usedModel = policies.some(needsModel) ? await modelSha256(model ?? SHIPPED_MODEL) : null;
  const tasks = policies.map((policy) => ({
    folder,
    policy,
    budget,
    mode,
    model,
    lastSteps,
    splitDevices,
  }));
  const workers = Math.min(
    policies.length,
    options.workers ?? Math.min(MOST_WORKERS, availableParallelism()),
  );
  const results = workers > 1 ? await runApart(tasks, workers, options) : await runHere(tasks, options);
  const found = new Map(
    policies.flatMap((policy, at) => {
      const result = results[at];
      return result === undefined ? [] : [[shownName(policy), result] as const];
    }),
  );
  return { trace: name, modelSha256: usedModel, budget, policies: withReach(found) };
}

/** What each policy removed as a share of what the oracle did; unknown where the oracle removed nothing or did not run. */
export function withReach(results: ReadonlyMap<string, PolicyResult>): ReadonlyMap<string, PolicyResult> {
  const most = results.get('oracle')?.figures.waitsRemoved ?? 0;
  const entries = [...results].map(([policy, { figures, series }]) => {
    const reach = figures.waitsRemoved === null || most <= 0 ? null : figures.waitsRemoved / most;
    return [policy, { figures: { ...figures, reach }, series }] as const;
  });
  return new Map(entries);
}

async function runHere(
  tasks: readonly PolicyTask[],
  options: ReplayOptions,
): Promise<readonly PolicyResult[]> {
  const results: PolicyResult[] = [];
  for (const task of tasks) {
    const onProgress = (steps: number, total: number): void => {
      options.onProgress({ policy: task.policy, steps, total });
    };
    results.push(await runPolicy(task, { onProgress, signal: options.signal }));
  }
  return results;
}

async function runApart(
  tasks: readonly PolicyTask[],
  workers: number,
  options: ReplayOptions,
): Promise<readonly PolicyResult[]> {
  const results = await runPool(tasks, {
    workers,
    worker: new URL(`./policy-worker${ownExtension()}`, import.meta.url),
    signal: options.signal,
    onProgress: (progress) => options.onProgress(progress),
  });
  return results as readonly PolicyResult[]; // what policy-worker.ts sends, by structured clone
}

/** From source a worker is TypeScript, from dist/ it is JavaScript: as this file is. */
function ownExtension(): string {
  return import.meta.url.endsWith('.ts') ? '.ts' : '.js';
}
