import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new empty folder for one test; `remove` takes it away with all that is in it. */
export async function scratchFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'foresync-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
