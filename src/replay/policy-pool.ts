import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { on } from 'node:events';
import { ForesyncError } from '../domain/errors.js';
import { linkSignals, onAbort } from '../util/abort.js';
import type { PolicyTask, TaskProgress, WorkerMessage } from './policy-task.js';

export interface PoolOptions {
  /** Processes at the same time, at least 1; each has a trace and a space's state in its memory. */
  readonly workers: number;
  /** Module that a worker process runs: it takes a `PolicyTask` and answers `WorkerMessage`s. */
  readonly worker: URL;
  readonly signal: AbortSignal;
  onProgress(progress: TaskProgress): void;
}

/**
 * Runs tasks in processes of their own, several at a time, and answers their results in the order of the tasks. The
 * first failure ends all processes and is thrown; so does the signal.
 */
export async function runPool(
  tasks: readonly PolicyTask[],
  options: PoolOptions,
): Promise<readonly unknown[]> {
  const results: unknown[] = [];
  const queue = [...tasks.entries()];
  const failed = new AbortController();
  const stop = linkSignals(options.signal, failed.signal);
  const work = async (): Promise<void> => {
    const child = startWorker(options.worker);
    const unlisten = onAbort(stop.signal, () => child.kill());
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [at, task] = next;
        results[at] = await runTask(child, task, options);
      }
    } catch (error) {
      failed.abort(error);
    } finally {
      unlisten();
      if (child.connected) child.disconnect();
    }
  };
  const workers = Math.min(Math.max(1, options.workers), tasks.length);
  await Promise.all(Array.from({ length: workers }, work));
  stop.unlink();
  options.signal.throwIfAborted();
  if (failed.signal.aborted) throw ForesyncError.from(failed.signal.reason);
  return results;
}

/** MiB of garbage and all that a worker's heap may grow to; the largest traces of REPLAY.md need half of it. */
const WORKER_HEAP_MIB = 768;
const HEAP_OPTION = '--max-old-space-size';

/** Runs sources with what this process was started with, so that it works from TypeScript and from JavaScript. */
function startWorker(worker: URL): ChildProcess {
  return fork(worker, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [...heapOption(), ...process.execArgv],
  });
}

/** Whoever chose a limit, for a larger trace, keeps it. */
function heapOption(): readonly string[] {
  const isChosen = process.env['NODE_OPTIONS']?.includes(HEAP_OPTION) ?? false;
  return isChosen ? [] : [`${HEAP_OPTION}=${WORKER_HEAP_MIB}`];
}

async function runTask(child: ChildProcess, task: PolicyTask, options: PoolOptions): Promise<unknown> {
  const messages = on(child, 'message', { close: ['exit'] }) as AsyncIterable<[WorkerMessage]>; // what workers send
  if (!child.connected) throw ended(child, task);
  child.send(task);
  for await (const [message] of messages) {
    switch (message.kind) {
      case 'progress':
        options.onProgress(message.progress);
        break;
      case 'result':
        return message.result;
      case 'failed':
        throw new ForesyncError(message.code, message.message);
    }
  }
  throw ended(child, task);
}

function ended(child: ChildProcess, task: PolicyTask): ForesyncError {
  const why = child.signalCode ?? `exit code ${child.exitCode}`;
  return new ForesyncError('INTERNAL', `the process that ran the policy ${task.policy} ended: ${why}`);
}
