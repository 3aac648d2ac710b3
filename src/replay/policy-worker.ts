/** Entry of a worker process of the pool: runs one `PolicyTask` after another, and ends with the process that asked. */
import { ForesyncError } from '../domain/errors.js';
import type { PolicyTask, WorkerMessage } from './policy-task.js';
import { runPolicy } from './run-policy.js';

process.once('disconnect', () => process.exit());
process.on('message', (task: PolicyTask) => void work(task));

// A worker is stopped by ending its process.
const { signal: never } = new AbortController();

async function work(task: PolicyTask): Promise<void> {
  try {
    const onProgress = (steps: number, total: number): void => {
      say({ kind: 'progress', progress: { policy: task.policy, steps, total } });
    };
    say({ kind: 'result', result: await runPolicy(task, { onProgress, signal: never }) });
  } catch (error) {
    const { code, rawMessage } = ForesyncError.from(error);
    say({ kind: 'failed', code, message: rawMessage });
  }
}

function say(message: WorkerMessage): void {
  process.send?.(message);
}
