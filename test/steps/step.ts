import { spawn } from 'node:child_process';
import { delimiter, resolve } from 'node:path';

/** One line of the test run. */
export interface Step {
  readonly name: string;
  readonly group: string;
  run(): Promise<Outcome>;
}

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** What could not run on this machine, and was said to be skipped. */
  readonly skipped?: number;
}

/** A check that counts as one test; it fails by answering false or by throwing. */
export function check(group: string, name: string, holds: () => Promise<boolean> | boolean): Step {
  return {
    name,
    group,
    run: async () => ((await holds()) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
  };
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly limitSeconds?: number;
}

/** Runs a command of node_modules/.bin or the system; true when it exits with 0 within its limit (ten minutes). */
export function succeeds(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<boolean> {
  const PATH = resolve('node_modules/.bin') + delimiter + (process.env['PATH'] ?? '');
  const child = spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...options.env, PATH },
    timeout: (options.limitSeconds ?? 600) * 1000,
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      if (signal !== null) console.error(`${command} was ended by ${signal}`);
      done(code === 0);
    });
  });
}
