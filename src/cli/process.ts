import { run } from './run.js';

/** Runs `foresync` as this process: its streams, its signals, its exit code. */
export async function runProcess(args: readonly string[]): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

  // Who reads us may stop reading (`| head`): that is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });

  process.exitCode = await run(args, {
    out: process.stdout,
    err: process.stderr,
    isLive: process.stderr.isTTY,
    hasColours: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
    signal: stop.signal,
  });
}
