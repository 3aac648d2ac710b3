import { freePort } from '../ports.js';
import { scratchFolder } from '../scratch.js';
import type { RedisProcess } from './server.js';
import { redisServer } from './server.js';

/** Servers that make one store. */
export interface Deployment {
  readonly url: string;
  /** Every redis-server, primaries first as they were at the start. */
  readonly servers: readonly RedisProcess[];
  /** Removes everything from every primary. */
  flush(): Promise<void>;
  /** Ends all processes and removes their folders. */
  stop(): Promise<void>;
}

/** One server. */
export async function startStandalone(more: readonly string[] = []): Promise<Deployment> {
  const folder = await scratchFolder();
  const port = await freePort();
  const server = redisServer(port, folder.path, more);
  await server.start();
  return deployment(`redis://127.0.0.1:${port}`, [server], [], folder);
}

/** What all kinds of deployment have in common; `others` are Sentinels. */
export function deployment(
  url: string,
  servers: readonly RedisProcess[],
  others: readonly RedisProcess[],
  folder: { remove(): Promise<void> },
): Deployment {
  return {
    url,
    servers,
    flush: async () => {
      await Promise.all(servers.map((server) => flushPrimary(server)));
    },
    stop: async () => {
      await Promise.all([...others, ...servers].map((server) => server.kill()));
      await folder.remove();
    },
  };
}

async function flushPrimary(server: RedisProcess): Promise<void> {
  await server.ask(async (redis) => {
    if (String(await redis.role()).startsWith('master')) await redis.flushall();
  });
}
