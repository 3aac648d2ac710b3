import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';

export interface Served {
  /** As Content-Type says it. */
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** What is asked for is answered, or not found. What it rejects with is answered as a failure. */
export type Serve = (url: URL, method: string) => Served | undefined | Promise<Served | undefined>;

/** Serves pages to browsers of this machine, on an origin that is not Envoy's. */
export class PageServer {
  readonly #server: Server;
  readonly origin: string;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.origin = `http://localhost:${port}`;
  }

  /** On this port if it is free, else on any. */
  static async start(serve: Serve, port = 0): Promise<PageServer> {
    const server = createServer((request, response) => {
      void answerOf(serve, request).then(({ status, type, body }) => {
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
      });
    });
    await listening(server, port).catch(() => listening(server, 0));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new PageServer(server, address.port);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function listening(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

async function answerOf(
  serve: Serve,
  { url = '/', method = '' }: IncomingMessage,
): Promise<Served & { readonly status: number }> {
  try {
    const served = await serve(new URL(url, 'http://localhost'), method);
    return served === undefined
      ? { status: 404, type: 'text/plain', body: 'there is no such page' }
      : { status: 200, ...served };
  } catch (error) {
    return { status: 500, type: 'text/plain', body: error instanceof Error ? error.message : String(error) };
  }
}
