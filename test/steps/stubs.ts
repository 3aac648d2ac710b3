import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { venv } from '../support/venv.js';
import { filesBelow } from './files.js';
import type { Step } from './step.js';
import { check, succeeds } from './step.js';

const contract = 'proto/foresync/v1';
/** Languages that protoc makes code for without a plugin, and what its files are called. */
const LANGUAGES: readonly [name: string, file: RegExp][] = [
  ['java', /\.java$/],
  ['kotlin', /\.kt$/],
  ['csharp', /\.cs$/],
  ['cpp', /\.pb\.cc$/],
  ['objc', /\.m$/],
  ['php', /\.php$/],
  ['ruby', /\.rb$/],
];

/** The contract is nobody's: protoc makes code of it for languages that no client here is written in. */
export const stubSteps: readonly Step[] = [check('clients', 'stubs', everyLanguageHasStubs)];

async function everyLanguageHasStubs(): Promise<boolean> {
  const bin = await venv('clients/python');
  const scratch = mkdtempSync(join(tmpdir(), 'foresync-stubs-'));
  const files = filesBelow(contract);
  const set = join(scratch, 'descriptors');
  try {
    const outs = LANGUAGES.map(([name]) => `--${name}_out=${folderFor(scratch, name)}`);
    const args = ['-I', 'proto', '--include_imports', `--descriptor_set_out=${set}`, ...outs, ...files];
    if (!(await succeeds(resolve(bin, 'protoc'), args))) return false;
    const missing = [
      ...LANGUAGES.filter(([name, file]) => made(join(scratch, name), file) < files.length).map(
        ([name]) => name,
      ),
      ...servicesOf(files).filter(
        (service) => !(service in loadFileDescriptorSetFromBuffer(readFileSync(set))),
      ),
    ];
    if (missing.length > 0) console.error(`protoc made too little of ${missing.join(', ')}`);
    return missing.length === 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function folderFor(scratch: string, language: string): string {
  const folder = join(scratch, language);
  mkdirSync(folder);
  return folder;
}

function made(folder: string, file: RegExp): number {
  return filesBelow(folder).filter((name) => file.test(name)).length;
}

function servicesOf(files: readonly string[]): string[] {
  const services = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^service (\w+)/gm)]);
  return services.map(([, name = '']) => `foresync.v1.${name}`);
}
