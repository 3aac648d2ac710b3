import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

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
    const child = spawn(this.#command, this.#args, { cwd: this.folder, stdio: 'ignore' });
    this.#child = child;
    RUNNING.add(child);
    child.once('exit', () => RUNNING.delete(child));
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

/** So many ports that nobody listens on. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A server that keeps nothing on disk but what it is told to. */
export function redisServer(port: number, folder: string, more: readonly string[] = []): RedisProcess {
  const place = join(folder, `${port}`);
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return new RedisProcess('redis-server', port, place, [...args, '--dir', place, ...more]);
}

const RUNNING = new Set<ChildProcess>();
// A test run that ends early leaves no servers behind.
process.once('exit', () => {
  for (const child of RUNNING) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
