import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { filesBelow } from './files.js';
import { succeeds } from './step.js';

const committed = 'proto/ts/gen';

/** The committed code is what `npm run gen` makes of the proto files now. Writes only to a temporary folder. */
export async function generatedCodeIsCurrent(): Promise<boolean> {
  const scratch = mkdtempSync(join(tmpdir(), 'foresync-gen-'));
  try {
    if (!(await succeeds('buf', ['generate', '--output', scratch]))) return false;
    const different = differences(contents(committed), contents(join(scratch, committed)));
    for (const file of different) console.error(`${join(committed, file)} is out of date: run npm run gen`);
    return different.length === 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function contents(folder: string): Map<string, string> {
  return new Map(filesBelow(folder).map((file) => [relative(folder, file), readFileSync(file, 'utf8')]));
}

function differences(a: Map<string, string>, b: Map<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((file) => a.get(file) !== b.get(file));
}
