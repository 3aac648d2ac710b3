import { execFileSync } from 'node:child_process';
import { succeeds } from './step.js';

const OLDEST = 7;

/**
 * Makes sure that redis-server 7 or newer can be started: tests run against real ones. Where it is missing it is installed
 * if this is Debian and we may, else one line says what to install.
 */
export async function redisIsThere(): Promise<boolean> {
  if (version() >= OLDEST) return true;
  if (version() === 0 && process.getuid?.() === 0 && has('apt-get')) {
    console.log('redis-server is missing: installing it');
    // The packages start no service of their own then.
    const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    const updated = await succeeds('apt-get', ['update', '-qq'], { env });
    if (updated)
      await succeeds('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], { env });
    if (version() >= OLDEST) return true;
  }
  console.error(
    `redis-server ${OLDEST} or newer is needed: apt-get install redis-server, or brew install redis`,
  );
  return false;
}

/** Its major version; 0 if there is none. */
function version(): number {
  if (!has('redis-server')) return 0;
  const text = execFileSync('redis-server', ['--version'], { encoding: 'utf8' });
  return Number(/v=(\d+)/.exec(text)?.[1] ?? 0);
}

function has(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
