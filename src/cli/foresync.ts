#!/usr/bin/env node
import { run } from './run.js';

/** Process entry of the command `foresync`. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

// Who reads us may stop reading (`| head`): that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  isLive: process.stderr.isTTY,
  hasColours: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
  signal: stop.signal,
});
