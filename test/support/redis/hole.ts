import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A way to a server that can be made to swallow everything: no byte, no reset, as a broken network does. */
export interface Hole {
  readonly port: number;
  swallow(): void;
  /** New connections get through again; the old ones stay silent. */
  heal(): void;
  close(): Promise<void>;
}

export async function holeBefore(target: number): Promise<Hole> {
  const sockets = new Set<Socket>();
  let swallowing = false;
  const server: Server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    let silent = swallowing;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        silent ||= swallowing;
        if (!silent) to.write(bytes);
      });
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('error', () => from.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    swallow: () => (swallowing = true),
    heal: () => (swallowing = false),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
