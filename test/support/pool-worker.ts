/** A worker process for tests of the pool: does what the name of the policy says. */
import type { PolicyTask, WorkerMessage } from '../../src/replay/policy-task.js';

const say = (message: WorkerMessage): void => void process.send?.(message);

process.on('message', (task: PolicyTask) => {
  const progress = { policy: task.policy, steps: 1, total: 2 };
  switch (task.policy) {
    case 'fail':
      say({ kind: 'failed', code: 'TRACE_INVALID', message: 'no such thing' });
      break;
    case 'die':
      process.exit(7);
      break;
    case 'hang':
      say({ kind: 'progress', progress });
      break;
    default:
      say({ kind: 'progress', progress });
      say({ kind: 'result', result: new Map([[task.policy, process.pid]]) });
  }
});
