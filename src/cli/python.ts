import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ForesyncError } from '../domain/errors.js';
import type { Terminal } from './terminal.js';

const LAUNCHER = fileURLToPath(new URL('../../wasm-model/python.sh', import.meta.url));

/**
 * Runs a script of wasm-model/, which says itself what goes wrong. Throws INTERNAL if it fails, or the signal's reason; then
 * whatever it started has ended too.
 */
export async function runPython(script: string, args: readonly string[], terminal: Terminal): Promise<void> {
  const { signal, out, err } = terminal;
  signal.throwIfAborted();
  // A group of its own: the script starts others, and they all end together.
  const child = spawn('sh', [LAUNCHER, script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, FORESYNC_COMMAND: ownCommand() },
  });
  const stop = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  };
  signal.addEventListener('abort', stop, { once: true });
  child.stdout.pipe(out, { end: false });
  child.stderr.pipe(err, { end: false });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    if (code !== 0)
      throw new ForesyncError('INTERNAL', `${script} did not end well: see what it printed above`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** How this process runs `foresync`, quoted as Python's shlex reads it: the scripts call the same one. */
function ownCommand(): string {
  const [, script = ''] = process.argv;
  return [process.execPath, ...process.execArgv, script].map((part) => JSON.stringify(part)).join(' ');
}
