import { createServer } from 'node:net';
import type { Config } from '../../config.js';
import { hostAndPort } from '../../config.js';
import type { Finding } from '../../domain/finding.js';
import { failure, ok, warning } from '../../domain/finding.js';
import { probe } from '../../rpc/probe.js';

/** Whether the addresses can be bound, or who has them already: a server that runs is as well as a free port. */
export async function examineListeners({ server, tls }: Config): Promise<readonly Finding[]> {
  const { listen, metricsListen } = server;
  const findings = [await examineListener(listen, tls.certFile !== null)];
  if (metricsListen !== null) findings.push(await examineMetrics(metricsListen));
  return findings;
}

async function examineListener(listen: string, tls: boolean): Promise<Finding> {
  const check = 'listener';
  const trouble = await bindingFails(listen);
  if (trouble === null) return ok(check, `${listen} is free`);
  if (trouble !== 'EADDRINUSE')
    return failure(check, `${listen}: ${trouble}`, 'set server.listen to an address of this machine');
  const found = await probe(reachable(listen), tls);
  switch (found) {
    case 'serving':
      return ok(check, `a server serves ${listen}`);
    case 'not-serving':
      return warning(
        check,
        `a server at ${listen} says NOT_SERVING`,
        'it starts or stops: look again, then at its log',
      );
    case 'no-answer':
      return failure(
        check,
        `${listen} is taken, by no server of this configuration`,
        'end what has the port, or set server.listen',
      );
  }
}

async function examineMetrics(address: string): Promise<Finding> {
  const check = 'metrics';
  const trouble = await bindingFails(address);
  if (trouble === null) return ok(check, `${address} is free`);
  if (trouble === 'EADDRINUSE' && (await showsMetrics(address))) return ok(check, `${address} shows metrics`);
  return failure(check, `${address}: ${trouble}`, 'end what has the port, or set server.metricsListen');
}

/** null if the address can be bound; else why not. */
function bindingFails(address: string): Promise<string | null> {
  const { host, port } = hostAndPort(address);
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

async function showsMetrics(address: string): Promise<boolean> {
  try {
    const answer = await fetch(`http://${reachable(address)}/metrics`, { signal: AbortSignal.timeout(3000) });
    return answer.ok && (await answer.text()).includes('foresync_');
  } catch {
    return false;
  }
}

/** Where one reaches what is bound to every address. */
function reachable(address: string): string {
  return address.replace(/^(0\.0\.0\.0|\[?::\]?)(?=:\d+$)/, '127.0.0.1');
}
