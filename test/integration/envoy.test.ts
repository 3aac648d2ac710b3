import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import type { ServerEvent } from '@foresync/protocol';
import { ContentServiceDefinition, Hello, ListRequest, SyncServiceDefinition } from '@foresync/protocol';
import { Authority } from '../support/certificates.js';
import { DEPLOY, deployed, EnvoyProcess, validated } from '../support/envoy/envoy-process.js';
import { WebCaller, WebFailure } from '../support/envoy/web-caller.js';
import type { NodeWorlds } from '../support/node-worlds.js';
import { nodeWorlds } from '../support/node-worlds.js';
import { until } from '../support/until.js';

const { subscribe, report } = SyncServiceDefinition.methods;
const { list } = ContentServiceDefinition.methods;
const HELLO = { hello: Hello.create({ spaces: ['notes'], clientVersion: 'web by hand' }) };

describe('Envoy before two nodes', function () {
  this.timeout(180_000);
  const authority = new Authority('the test’s authority');
  let world: NodeWorlds;
  let envoy: EnvoyProcess;
  const stops: (() => Promise<void>)[] = [];
  let device = 0;

  before(async () => {
    world = await nodeWorlds(2);
    stops.unshift(() => world.stop());
    const nodes = world.nodes.map(({ port }) => port);
    envoy = await EnvoyProcess.start({ nodes, certificate: authority.issue('127.0.0.1') });
    stops.unshift(() => envoy.stop());
  });
  after(async () => {
    for (const stop of stops) await stop();
  });

  for (const clusters of ['cds.local.yaml', 'cds.compose.yaml']) {
    it(`finds its configuration valid, with the clusters of ${clusters}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'foresync-validate-'));
      writeFileSync(join(folder, 'tls.yaml'), deployed('tls.yaml'));
      writeFileSync(join(folder, 'cds.yaml'), deployed(clusters));
      // Envoy validates clusters that it is given at once; those of a file are read when it runs.
      writeFileSync(join(folder, 'whole.yaml'), deployed('envoy.yaml') + withinStatic(deployed(clusters)));
      assert.match(await validated(folder, 'whole.yaml'), /OK/);
      rmSync(folder, { recursive: true });
    });
  }

  it('mounts in compose what is there', () => {
    const mounted = [...deployed('compose.yaml').matchAll(/- \.\/([a-z.]+\.yaml):/g)].map(([, file]) => file);
    assert.deepEqual(mounted.sort(), ['cds.compose.yaml', 'envoy.yaml', 'tls.yaml']);
    for (const file of mounted) assert.ok(existsSync(join(DEPLOY, file ?? '')), file);
  });

  it('brings each Report to the node of its Subscribe, and uses both nodes', async () => {
    const sessions = await Promise.all(Array.from({ length: 12 }, () => opened()));
    for (const { caller, id, headers } of sessions)
      await caller.unary(report, { sessionId: id, events: [] }, { headers });
    const counts = world.nodes.map(({ app }) => app.sessions);
    assert.ok(
      counts.every((count) => count > 0),
      `sessions: ${counts.join()}`,
    );
    const { caller, id } = sessions[0] ?? fail();
    const lost = await astray(caller, id);
    assert.deepEqual([lost.status, lost.reason], [status.FAILED_PRECONDITION, 'SESSION_UNKNOWN']);
    for (const { leave } of sessions) leave();
    await until(() => world.nodes.every(({ app }) => app.sessions === 0), 'both nodes see that pages left');
  });

  it('lets pages of allowed origins alone read what they need', async () => {
    const { caller, headers, leave } = await opened();
    const origin = 'http://localhost:5173';
    const preflight = await fetch(`${envoy.url}/foresync.v1.SyncService/Report`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,foresync-session,x-grpc-web',
      },
    });
    assert.equal(preflight.headers.get('access-control-allow-origin'), origin);
    for (const name of ['authorization', 'content-type', 'foresync-session', 'x-grpc-web'])
      assert.match(preflight.headers.get('access-control-allow-headers') ?? '', new RegExp(name));
    const answer = await caller.open(
      report,
      { sessionId: 'x', events: [] },
      { headers: { ...headers, origin } },
    );
    assert.equal(
      answer.headers.get('access-control-expose-headers'),
      'grpc-status,grpc-message,grpc-status-details-bin',
    );
    const foreign = await caller.open(
      report,
      { sessionId: 'x', events: [] },
      { headers: { origin: 'https://evil.example' } },
    );
    assert.equal(foreign.headers.get('access-control-allow-origin'), null);
    leave();
  });

  it('passes on an error with its details', async () => {
    const stranger = new WebCaller(envoy.url, ContentServiceDefinition, 'nonsense');
    const failure = await failed(stranger.unary(list, ListRequest.create({ space: 'notes' })));
    assert.deepEqual([failure.status, failure.reason], [status.UNAUTHENTICATED, 'UNAUTHENTICATED']);
    const inner = new WebCaller(envoy.url, { fullName: 'grpc.health.v1.Health' }, 'nonsense');
    const refused = await inner.open({ ...list, name: 'Check' }, ListRequest.create(), {});
    assert.equal(refused.status, 404, 'what is for operators is not on the edge');
  });

  it('serves TLS with the certificate that tls.yaml names', async () => {
    const answered = await new Promise<string | undefined>((resolve, reject) => {
      const call = request(
        `https://127.0.0.1:${envoy.tlsPort}/foresync.v1.ContentService/List`,
        { method: 'POST', ca: authority.cert, headers: { 'content-type': 'application/grpc-web+proto' } },
        (response) => {
          response.resume();
          resolve(response.headers['grpc-status']?.toString());
        },
      );
      call.once('error', reject);
      call.end(Buffer.alloc(5));
    });
    assert.equal(answered, String(status.UNAUTHENTICATED));
  });

  it('moves sessions away from a node that shuts down', async () => {
    const moved = await Promise.all(Array.from({ length: 4 }, () => opened()));
    await world.nodes[0]?.app.stop();
    await envoy.healthy(1);
    const again = await Promise.all(Array.from({ length: 4 }, () => opened()));
    for (const { caller, id, headers } of again)
      await caller.unary(report, { sessionId: id, events: [] }, { headers });
    for (const { leave } of [...moved, ...again]) leave();
  });

  /** A session of a device of its own. */
  async function opened() {
    const token = await world.tokens.token({ device: `browser ${device++}` });
    const caller = new WebCaller(envoy.url, SyncServiceDefinition, token);
    const leaving = new AbortController();
    const headers = { 'foresync-session': crypto.randomUUID() };
    const frames = caller.stream(subscribe, HELLO, { headers, signal: leaving.signal });
    const first = await frames.next();
    assert.ok(first.done !== true);
    const id = welcomeOf(first.value.events);
    return { caller, id, headers, leave: () => leaving.abort() };
  }

  /** Reports with other headers until one leads to another node; bounded. */
  async function astray(caller: WebCaller, sessionId: string): Promise<WebFailure> {
    for (let tries = 0; tries < 64; tries++) {
      const headers = { 'foresync-session': `astray ${tries}` };
      const outcome = await caller.unary(report, { sessionId, events: [] }, { headers }).catch(failureOf);
      if (outcome instanceof WebFailure) return outcome;
    }
    throw new Error('every header leads to the same node');
  }
});

function welcomeOf([event]: readonly ServerEvent[]): string {
  assert.ok(event?.event?.$case === 'welcome');
  return event.event.value.sessionId;
}

async function failed(call: Promise<unknown>): Promise<WebFailure> {
  const outcome = await call.catch(failureOf);
  assert.ok(outcome instanceof WebFailure);
  return outcome;
}

function failureOf(error: unknown): WebFailure {
  if (error instanceof WebFailure) return error;
  throw error;
}

function fail(): never {
  throw new Error('no session');
}

/** The resources of a cluster file as static resources, which are the last section of envoy.yaml. */
function withinStatic(clusters: string): string {
  const [, resources = ''] = clusters.split('resources:\n');
  const typed = /- '@type': .*\n {4}/g;
  return `\n  clusters:\n${resources.replace(typed, '- ').replace(/^/gm, '  ')}`;
}
