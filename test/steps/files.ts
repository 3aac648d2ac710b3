import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below a folder (none when it does not exist), sorted, with its path from the folder that the run started in. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.split('/').includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
