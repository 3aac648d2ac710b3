import type { ForesyncEvent } from '../../src/events.js';
import type { ConnectOptions } from '../../src/index.node.js';
import { connect } from '../../src/index.node.js';
import type { Foresync } from '../../src/client.js';
import type { ContentScript } from './fake-server.js';
import { FakeServer } from './fake-server.js';
import type { FakeSession } from './fake-session.js';

/** Waits no longer than a few ms between attempts. */
export const QUICK = { initialMs: 5, factor: 1.5, maxMs: 40, healthyMs: 10_000 };

export interface Scene {
  readonly server: FakeServer;
  readonly client: Foresync;
  readonly session: FakeSession;
  /** Everything that the client told its listeners, so far. */
  readonly heard: ForesyncEvent[];
}

export type SceneOptions = Partial<Omit<ConnectOptions, 'endpoint' | 'transport'>> & {
  readonly script?: Partial<ContentScript>;
  /** What the server's Welcome says besides the usual. */
  readonly welcome?: Parameters<FakeSession['welcome']>[0];
};

/** Plays a test with a client that is connected to a scripted server. */
export async function withClient(
  options: SceneOptions,
  play: (scene: Scene) => Promise<void>,
): Promise<void> {
  const { script = {}, welcome, ...more } = options;
  const server = await FakeServer.start(script);
  const connecting = connectTo(server, more);
  try {
    const session = await server.accept();
    await session.welcome(welcome);
    const client = await connecting;
    const heard: ForesyncEvent[] = [];
    void listen(client, heard);
    await play({ server, client, session, heard });
  } finally {
    await connecting.then(
      (client) => client.close(),
      () => undefined,
    );
    server.stop();
  }
}

export function connectTo(
  server: FakeServer,
  options: Partial<Omit<ConnectOptions, 'endpoint' | 'transport'>> = {},
): Promise<Foresync> {
  return connect({
    token: 'a token',
    spaces: ['s'],
    backoff: QUICK,
    batchWindowMs: 5,
    ...options,
    endpoint: server.endpoint,
  });
}

/** Collects what a client tells. */
export async function listen(client: Foresync, heard: ForesyncEvent[]): Promise<void> {
  for await (const event of client.events()) heard.push(event);
}

/** Waits for a condition, with a bound. */
export async function eventually<T>(look: () => T | undefined | false, what: string): Promise<T> {
  for (const deadline = Date.now() + 8_000; ; ) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
