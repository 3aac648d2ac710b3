import type { ChildProcess } from 'node:child_process';

/** Answers the child, which from now on ends with this process: a run that ends early leaves nothing behind. */
export function endsWithUs(child: ChildProcess): ChildProcess {
  RUNNING.add(child);
  child.once('exit', () => RUNNING.delete(child));
  return child;
}

const RUNNING = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of RUNNING) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    // Somebody else who hears the signal ends in order.
    if (process.listenerCount(signal) === 0) process.exit(1);
  });
