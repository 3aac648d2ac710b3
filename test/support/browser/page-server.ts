import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';

const PAGE = join(import.meta.dirname, '../../browser/page');
const HTML =
  '<!doctype html><meta charset="utf-8"><title>harness</title><script type="module" src="/harness.js"></script>';

/** Serves the harness to browsers, on an origin that is not Envoy's. */
export class PageServer {
  readonly #server: Server;
  readonly origin: string;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.origin = `http://localhost:${port}`;
  }

  static async start(): Promise<PageServer> {
    const files = await bundles();
    const server = createServer(({ url = '/' }, response) => {
      const script = files.get(url);
      response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript');
      response.end(script ?? HTML);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new PageServer(server, address.port);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** By the path that they are served under. */
async function bundles(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [join(PAGE, 'harness.ts'), join(PAGE, 'worker.ts')],
    bundle: true,
    write: false,
    outdir: '/',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['foresync-dev', 'browser'],
  });
  return new Map(outputFiles.map(({ path, text }) => [path, text]));
}
