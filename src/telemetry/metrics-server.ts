import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

/** Serves `GET /metrics` on a port of its own, for operators only. */
export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Resolves when it listens; port 0 takes a free one. Rejects if the port cannot be taken. */
export async function serveMetrics(registry: Registry, host: string, port: number): Promise<MetricsServer> {
  const server = createServer((request, response) => void answer(registry, request, response));
  await listening(server, host, port);
  // A server that listens on host and port has an address with a port.
  const address = server.address() as AddressInfo;
  return { port: address.port, close: () => closed(server) };
}

async function answer(registry: Registry, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' || request.url !== '/metrics') {
    response.writeHead(404).end();
    return;
  }
  try {
    const text = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType }).end(text);
  } catch (thrown) {
    response.writeHead(500).end(String(thrown));
  }
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
