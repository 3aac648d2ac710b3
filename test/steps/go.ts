import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { dirname } from 'node:path';
import { goCommand } from '../support/go-command.js';
import { isCurrent } from './generated.js';
import type { Outcome, Step } from './step.js';
import { succeeds } from './step.js';

const folder = 'clients/go';
const SKIPPED: Outcome = { passed: 0, failed: 0, skipped: 1 };

/** The checks of the Go client. Where there is no Go they say so, and count as skipped. */
export const goSteps: readonly Step[] = [
  step('go-generated', (go) => counted(generatedCodeIsCurrent(go))),
  step('go-lint', (go) => counted(isClean(go))),
  step('go', test),
];

function step(name: string, run: (go: string) => Promise<Outcome>): Step {
  return {
    name,
    group: 'clients',
    run: () => {
      const go = goCommand();
      if (go !== undefined) return run(go);
      console.log('skipped: no Go');
      return Promise.resolve(SKIPPED);
    },
  };
}

/** The committed code is what buf and the plugins of go.mod make of the proto files now. */
function generatedCodeIsCurrent(go: string): Promise<boolean> {
  const args = ['generate', '--template', `${folder}/buf.gen.yaml`, '--path', 'proto/foresync/v1'];
  // The template says `go`.
  const PATH = `${dirname(go)}:${process.env['PATH'] ?? ''}`;
  return isCurrent({
    folder: `${folder}/foresyncv1`,
    command: `npx buf ${args.join(' ')}`,
    make: (scratch) => succeeds('buf', [...args, '--output', scratch], { env: go === 'go' ? {} : { PATH } }),
  });
}

async function isClean(go: string): Promise<boolean> {
  const gofmt = go === 'go' ? 'gofmt' : `${dirname(go)}/gofmt`;
  const unformatted = execFileSync(gofmt, ['-l', folder], { encoding: 'utf8' });
  if (unformatted !== '') console.error(`gofmt -w:\n${unformatted}`);
  return (await succeeds(go, ['-C', folder, 'vet', './...'])) && unformatted === '';
}

/** What `go test -json` says of one test, or of a package where there is no Test. */
interface Told {
  readonly Action: string;
  readonly Package?: string;
  readonly Test?: string;
  readonly Output?: string;
}

async function test(go: string): Promise<Outcome> {
  const child = spawn(go, ['-C', folder, 'test', '-count=1', '-json', './...'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  const output = new Map<string, string[]>();
  const counts = { passed: 0, failed: 0 };
  for await (const line of createInterface(child.stdout)) {
    // What `go doc test2json` says.
    const { Action, Package = '', Test, Output } = JSON.parse(line) as Told;
    const name = `${Package} ${Test ?? ''}`;
    if (Output !== undefined) output.set(name, [...(output.get(name) ?? []), Output]);
    if (Action === 'fail') console.error((output.get(name) ?? [name]).join(''));
    if (Test === undefined) continue;
    if (Action === 'pass') counts.passed++;
    if (Action === 'fail') counts.failed++;
  }
  // A run that fails without a failed test counts as one failure.
  return (await ended) === 0 ? counts : { ...counts, failed: Math.max(1, counts.failed) };
}

async function counted(holds: Promise<boolean>): Promise<Outcome> {
  return (await holds) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}
