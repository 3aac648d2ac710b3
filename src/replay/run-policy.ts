import type { PolicyResult } from './figure-types.js';
import { replayInProcess } from './in-process.js';
import { replayLive } from './live/live.js';
import type { PolicyTask } from './policy-task.js';
import { scoreFileOf } from './policies.js';
import { scoreFilePolicy } from './score-file.js';
import { loadTrace } from './trace.js';
import type { Trace } from './trace-types.js';

export interface RunOptions {
  readonly signal: AbortSignal;
  /** Told the end too. */
  onProgress(steps: number, total: number): void;
}

/** Runs one task in this process. Rejects with the signal's reason when it is aborted. */
export async function runPolicy(task: PolicyTask, options: RunOptions): Promise<PolicyResult> {
  const trace = await traceOf(task);
  const { signal } = options;
  const onProgress = (steps: number, total: number): void => options.onProgress(steps, total);
  const run = { budget: task.budget, model: task.model, signal, onProgress };
  if (task.mode === 'grpc') return replayLive(trace, task.policy, run);
  const file = scoreFileOf(task.policy);
  const own = file === null ? null : await scoreFilePolicy(file.name, file.folder);
  return replayInProcess(trace, own === null ? task.policy : () => own, run);
}

// One trace is kept: the tasks of a process are of the same trace.
let last: { readonly key: string; readonly trace: Promise<Trace> } | null = null;

function traceOf({ folder, lastSteps, splitDevices }: PolicyTask): Promise<Trace> {
  const key = JSON.stringify([folder, lastSteps, splitDevices]);
  if (last?.key !== key) last = { key, trace: loadTrace(folder, { lastSteps, splitDevices }) };
  return last.trace;
}
