import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { PartialConfig } from '../../src/config.js';

/** A server in a process of its own, that can be killed and started again on the same port. */
export class ServerProcess {
  readonly #config: PartialConfig;
  readonly port: number;
  #child: ChildProcess | null = null;

  private constructor(config: PartialConfig, port: number) {
    this.#config = { ...config, server: { ...config.server, listen: `127.0.0.1:${port}` } };
    this.port = port;
  }

  /** Starts it on a port that was free a moment ago. */
  static async start(config: PartialConfig): Promise<ServerProcess> {
    const server = new ServerProcess(config, await freePort());
    await server.start();
    return server;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const script = join(import.meta.dirname, 'serve-child.ts');
    const args = ['--import', 'tsx', '--conditions=foresync-dev', script, JSON.stringify(this.#config)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.stdout?.once('data', () => resolve());
      child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it listened`)));
    });
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
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
