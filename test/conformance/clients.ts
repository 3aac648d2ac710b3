import { resolve } from 'node:path';
import { goCommand } from '../support/go-command.js';
import { venv } from '../support/venv.js';
import { Driver } from './driver.js';

/** A client that plays the scripts. */
export interface Contestant {
  readonly name: string;
  /** Starts its driver; undefined where this machine lacks the language, `missing` says which. */
  start(): Promise<Driver | undefined>;
  readonly missing: string;
}

export const CONTESTANTS: readonly Contestant[] = [
  {
    name: 'TypeScript',
    missing: 'no Node',
    start: () =>
      Promise.resolve(
        new Driver([
          process.execPath,
          '--import',
          'tsx',
          '--conditions=foresync-dev',
          'clients/typescript/test/support/conformance-driver.ts',
        ]),
      ),
  },
  {
    name: 'Python',
    missing: 'no Python',
    start: async () => {
      const folder = 'clients/python';
      const bin = await venv(folder);
      return new Driver(
        [resolve(bin, 'python'), '-m', 'tests.conformance_driver'],
        { GRPC_VERBOSITY: 'ERROR' },
        folder,
      );
    },
  },
  {
    name: 'Go',
    missing: 'no Go',
    start: () => {
      const go = goCommand();
      const driver =
        go === undefined ? undefined : new Driver([go, 'run', './internal/conformance'], {}, 'clients/go');
      return Promise.resolve(driver);
    },
  },
];
