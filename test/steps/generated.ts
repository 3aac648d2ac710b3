import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { filesBelow } from './files.js';
import { succeeds } from './step.js';

/** Code that is committed, and made by a command. */
export interface Generated {
  readonly folder: string;
  /** What to run when it is out of date. */
  readonly command: string;
  /** Makes it in another folder; false if that failed. */
  readonly make: (scratch: string) => Promise<boolean>;
  /** Where in that folder it is then; the same as `folder` unless told otherwise. */
  readonly madeIn?: string;
  /** Which files count; all unless told otherwise. */
  readonly only?: RegExp;
}

/** The committed TypeScript is what `npm run gen` makes of the proto files now. */
export function generatedCodeIsCurrent(): Promise<boolean> {
  const folder = 'proto/ts/gen';
  const make = (scratch: string): Promise<boolean> => succeeds('buf', ['generate', '--output', scratch]);
  return isCurrent({ folder, command: 'npm run gen', make });
}

/** Whether what is committed is what the command makes now; says what is not. Writes only to a temporary folder. */
export async function isCurrent({
  folder,
  command,
  make,
  madeIn = folder,
  only = /./,
}: Generated): Promise<boolean> {
  const scratch = mkdtempSync(join(tmpdir(), 'foresync-gen-'));
  try {
    if (!(await make(scratch))) return false;
    const committed = contents(folder, only);
    const made = contents(join(scratch, madeIn), only);
    const files = [...new Set([...committed.keys(), ...made.keys()])];
    const different = files.filter((file) => committed.get(file) !== made.get(file));
    for (const file of different) console.error(`${join(folder, file)} is out of date: ${command}`);
    return different.length === 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function contents(folder: string, only: RegExp): Map<string, string> {
  const files = filesBelow(folder).filter((file) => only.test(file));
  return new Map(files.map((file) => [relative(folder, file), readFileSync(file, 'utf8')]));
}
