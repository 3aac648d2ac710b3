import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { run } from '../../src/cli/run.js';

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `foresync` with these arguments in this process, without a terminal. */
export async function foresync(...args: readonly string[]): Promise<CliResult> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const printed = Promise.all([text(out), text(err)]);
  const { signal } = new AbortController();
  const code = await run(args, { out, err, isLive: false, hasColours: false, signal });
  out.end();
  err.end();
  const [outText, errText] = await printed;
  return { code, out: outText, err: errText };
}
