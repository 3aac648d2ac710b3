import { execFileSync } from 'node:child_process';
import { installedByApt, isCommand } from './debian.js';

const OLDEST = 7;

/**
 * Makes sure that redis-server 7 or newer can be started: tests run against real ones. Where it is missing it is installed
 * if this is Debian and we may, else one line says what to install.
 */
export async function redisIsThere(): Promise<boolean> {
  if (version() === 0) await installedByApt('redis-server');
  if (version() >= OLDEST) return true;
  console.error(
    `redis-server ${OLDEST} or newer is needed: apt-get install redis-server, or brew install redis`,
  );
  return false;
}

/** Its major version; 0 if there is none. */
function version(): number {
  if (!isCommand('redis-server')) return 0;
  const text = execFileSync('redis-server', ['--version'], { encoding: 'utf8' });
  return Number(/v=(\d+)/.exec(text)?.[1] ?? 0);
}
