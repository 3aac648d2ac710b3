import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { endsWithUs } from '../children.js';

/** A redis-server (or Sentinel) process on a free port of the loopback interface. */
export class RedisProcess {
  readonly port: number;
  readonly folder: string;
  readonly #command: string;
  readonly #args: readonly string[];
  #child: ChildProcess | null = null;

  constructor(command: string, port: number, folder: string, args: readonly string[]) {
    this.#command = command;
    this.port = port;
    this.folder = folder;
    this.#args = args;
    mkdirSync(folder, { recursive: true });
  }

  /** Starts it (again, with what is on its disk); resolves when it answers. */
  async start(): Promise<void> {
    this.#child = endsWithUs(spawn(this.#command, this.#args, { cwd: this.folder, stdio: 'ignore' }));
    await this.ask((redis) => redis.ping());
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends it at once, whatever it does; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** Asks the server something, for as long as it does not answer yet (ten seconds at most). */
  async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    for (const end = Date.now() + 10_000; ; ) {
      const redis = new Redis({
        port: this.port,
        lazyConnect: true,
        enableReadyCheck: false,
        connectTimeout: 1000,
        commandTimeout: 2000,
        retryStrategy: () => null,
      });
      redis.on('error', () => undefined);
      try {
        await redis.connect();
        return await question(redis);
      } catch (thrown) {
        if (Date.now() > end) throw thrown;
        await sleep(50);
      } finally {
        redis.disconnect();
      }
    }
  }
}

/** A server that keeps nothing on disk but what it is told to; short streams take as little memory as in deploy/redis.conf. */
export function redisServer(port: number, folder: string, more: readonly string[] = []): RedisProcess {
  const place = join(folder, `${port}`);
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const streams = ['--stream-node-max-bytes', '1024'];
  return new RedisProcess('redis-server', port, place, [...args, ...streams, '--dir', place, ...more]);
}
