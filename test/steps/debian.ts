import { execFileSync } from 'node:child_process';
import { succeeds } from './step.js';

/** Installs a package where this is Debian and we may; answers whether it did. Its services are not started. */
export async function installedByApt(name: string): Promise<boolean> {
  if (process.getuid?.() !== 0 || !isCommand('apt-get')) return false;
  console.log(`${name} is missing: installing it`);
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const install = ['install', '-y', '-qq', '--no-install-recommends', name];
  return (
    (await succeeds('apt-get', ['update', '-qq'], { env })) && (await succeeds('apt-get', install, { env }))
  );
}

export function isCommand(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
