import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a client answered: what the call gave, or the code of the error it failed with. */
export type Answer =
  | { readonly gives: Record<string, unknown> }
  | { readonly fails: string; readonly message: string };

/**
 * A client in a process of its own, that does what it is told: a line of JSON in for each call, a line of JSON out for each
 * answer, in whatever order they are ready.
 */
export class Driver {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, { done: (answer: Answer) => void; fail: (error: Error) => void }>();
  #calls = 0;
  #over: Error | undefined;

  /** Starts it; `env` is added to what this process has. */
  constructor(command: readonly string[], env: NodeJS.ProcessEnv = {}, folder = '.') {
    const [program = '', ...args] = command;
    this.#child = spawn(program, args, { cwd: folder, env: { ...process.env, ...env } });
    this.#child.stderr.pipe(process.stderr);
    createInterface(this.#child.stdout).on('line', (line) => this.#answered(line));
    this.#child.once('error', (error) => this.#broken(error));
    this.#child.once('close', (code) => this.#broken(new Error(`${command.join(' ')} ended with ${code}`)));
    this.#child.stdin.on('error', (error) => this.#broken(error));
  }

  call(name: string, args: Record<string, unknown>): Promise<Answer> {
    const id = ++this.#calls;
    return new Promise((done, fail) => {
      if (this.#over !== undefined) {
        fail(this.#over);
        return;
      }
      this.#waiting.set(id, { done, fail });
      this.#child.stdin.write(`${JSON.stringify({ id, call: name, with: args })}\n`);
    });
  }

  /** Ends it: there is nothing more on its standard input. */
  async stop(): Promise<void> {
    if (this.#over !== undefined) return;
    const closed = new Promise((done) => this.#child.once('close', done));
    this.#child.stdin.end();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await closed;
    clearTimeout(late);
  }

  #answered(line: string): void {
    // What a driver writes is a part of its contract; another line is a defect of it, and ends the run.
    const { id, ...answer } = JSON.parse(line) as Answer & { id: number };
    this.#waiting.get(id)?.done(answer);
    this.#waiting.delete(id);
  }

  #broken(error: Error): void {
    this.#over ??= error;
    for (const { fail } of this.#waiting.values()) fail(error);
    this.#waiting.clear();
  }
}
