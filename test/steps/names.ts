import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { filesBelow } from './files.js';

const folders = [
  'src',
  'proto/ts',
  'ranking',
  'clients/typescript/src',
  'clients/typescript/test',
  'clients/web/src',
  'test',
  'bench',
];
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;
const definesTests = /^(describe|it)\(/m;

/** File names are kebab-case, and a file with tests ends with .test.ts (mocha would not run it otherwise). */
export function namesAreRight(): boolean {
  const files = folders
    .flatMap(filesBelow)
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('proto/ts/gen/'));
  const wrong = files.flatMap(complaint);
  for (const line of wrong) console.error(line);
  return wrong.length === 0;
}

function complaint(file: string): string[] {
  if (!kebabCase.test(basename(file))) return [`${file}: file names are kebab-case`];
  if (!file.endsWith('.test.ts') && definesTests.test(readFileSync(file, 'utf8'))) {
    return [`${file}: a file with tests ends with .test.ts`];
  }
  return [];
}
