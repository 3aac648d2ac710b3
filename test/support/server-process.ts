import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PartialConfig } from '../../src/config.js';
import { endsWithUs } from './children.js';
import { freePort } from './ports.js';

/** Lines of a log that are kept. */
const KEPT = 1000;

/** A server in a process of its own, that can be killed and started again on the same port. */
export class ServerProcess {
  readonly #config: PartialConfig;
  readonly port: number;
  readonly #lines: string[] = [];
  #child: ChildProcess | null = null;

  private constructor(config: PartialConfig, port: number) {
    this.#config = { ...config, server: { ...config.server, listen: `127.0.0.1:${port}` } };
    this.port = port;
  }

  /** Starts it, on a port that was free a moment ago unless one is given. */
  static async start(config: PartialConfig, port?: number): Promise<ServerProcess> {
    const server = new ServerProcess(config, port ?? (await freePort()));
    await server.start();
    return server;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const script = join(import.meta.dirname, 'serve-child.ts');
    const args = ['--import', 'tsx', '--conditions=foresync-dev', script, JSON.stringify(this.#config)];
    const child = endsWithUs(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }));
    this.#child = child;
    if (child.stderr !== null) createInterface(child.stderr).on('line', (line) => this.#told(line));
    await new Promise<void>((resolve, reject) => {
      child.stdout?.once('data', () => resolve());
      child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it listened`)));
    });
  }

  /** The newest lines of its log, and of its last words. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** kill -9: nothing is flushed, nobody is told. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Bytes that the server holds, garbage aside. */
  async memory(): Promise<number> {
    const child = this.#child;
    if (child === null) throw new Error('the server does not run');
    const answer = once(child, 'message');
    child.send('memory');
    // The child answers with one number.
    const [bytes] = (await answer) as [number];
    return bytes;
  }

  /** What is a complaint is shown as well. */
  #told(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT) this.#lines.shift();
    if (!/"level":[1-4]0/.test(line)) process.stderr.write(`${line}\n`);
  }
}
