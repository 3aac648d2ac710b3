import { isCommand } from '../steps/debian.js';

/** Where Go puts itself when it is installed as its makers say. */
const INSTALLED = '/usr/local/go/bin/go';

/** The command that runs Go; undefined where there is none. */
export function goCommand(): string | undefined {
  return ['go', INSTALLED].find(isCommand);
}
