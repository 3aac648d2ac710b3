import type { Server } from 'node:net';
import { createServer } from 'node:net';

/** So many ports of the loopback interface that nobody listens on: the wished ones where they are free, else any. */
export async function freePorts(count: number, wished: readonly number[] = []): Promise<readonly number[]> {
  const probes = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const probe = await listening(wished[index] ?? 0).catch(() => listening(0));
      return { probe, port: portOf(probe) };
    }),
  );
  await Promise.all(probes.map(({ probe }) => new Promise((resolve) => probe.close(resolve))));
  return probes.map(({ port }) => port);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

function listening(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
