import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config.js';
import { openStore } from '../../src/store/open.js';
import { parseAddress } from '../../src/store/redis/address.js';
import { makeSpace, putBlob, write } from '../contract/store/harness.js';
import { readComposition } from '../support/compose.js';
import { DEPLOY, deployed } from '../support/envoy/envoy-process.js';
import { freePorts } from '../support/ports.js';
import { RedisProcess } from '../support/redis/server.js';
import { scratchFolder } from '../support/scratch.js';

const { services, configs, volumes, networks } = readComposition(join(DEPLOY, 'compose.yaml'));
const serversOf = Object.keys(services).filter((name) => /^redis-\d$/.test(name));
const redisPort = Number(/^port (\d+)$/m.exec(deployed('redis.conf'))?.[1]);
const addresses = serversOf.map((name) => services[name]?.networks['default']?.ipv4_address ?? '');
/** What the operator brings along, as the head of the file says. */
const BROUGHT = ['./keys', './tls'];

describe('deploy/compose.yaml', function () {
  this.timeout(60_000);

  it('names files, volumes and services that are there, and images of one version', () => {
    for (const [name, { build, image, configs: mounted, volumes: disks, depends_on }] of Object.entries(
      services,
    )) {
      assert.match(image ?? 'built:1.0', /:v?\d+\.\d+/, name);
      if (build !== undefined) assert.ok(existsSync(join(DEPLOY, build.context, build.dockerfile)), name);
      for (const { source } of mounted)
        assert.ok(existsSync(join(DEPLOY, configs[source]?.file ?? '?')), source);
      for (const [source = ''] of disks.map((disk) => disk.split(':')))
        assert.ok(
          source.startsWith('.')
            ? BROUGHT.includes(source) || existsSync(join(DEPLOY, source))
            : source in volumes,
          `${name}: ${source}`,
        );
      for (const needed of Object.keys(depends_on)) assert.ok(needed in services, `${name}: ${needed}`);
    }
  });

  it('makes one cluster of its six servers, each at an address of its network', () => {
    const { command } = services['redis-cluster'] ?? {};
    assert.ok(Array.isArray(command));
    assert.deepEqual(
      command.slice(2),
      addresses.map((address) => `${address}:${redisPort}`),
    );
    const [{ subnet } = { subnet: '' }] = networks['default']?.ipam.config ?? [];
    const prefix = subnet.replace(/0\/24$/, '');
    assert.ok(addresses.every((address) => address.startsWith(prefix)) && subnet.endsWith('.0/24'));
    assert.equal(new Set(addresses).size, 6);
  });

  it('configures nodes that find the cluster, where Envoy finds them', () => {
    const { environment = {}, deploy } = services['foresync'] ?? {};
    const { store, server } = loadConfig({ environment });
    const { kind, endpoints } = parseAddress(store.url);
    assert.equal(kind, 'cluster');
    for (const { host, port } of endpoints) assert.ok(serversOf.includes(host) && port === redisPort, host);
    assert.equal(deploy?.replicas, 2);
    const upstream = placesIn(parse(deployed('cds.compose.yaml')));
    assert.deepEqual(upstream, [`foresync:${server.listen.split(':')[1] ?? ''}`]);
    const listeners = placesIn(parse(deployed('envoy.yaml'), { merge: true }));
    for (const published of services['envoy']?.ports ?? [])
      assert.ok(listeners.includes(`0.0.0.0:${published.split(':')[1] ?? ''}`), published);
  });

  it('starts servers that become a cluster, once, and acknowledge as REPLICATED', async () => {
    const folder = await scratchFolder();
    const ports = await freePorts(12);
    const servers = ports.slice(0, 6).map((port, index) => {
      const place = join(folder.path, `${port}`);
      mkdirSync(place);
      const file = join(place, 'redis.conf');
      writeFileSync(file, deployed('redis.conf').replace('dir /data', `dir ${place}`));
      const bus = ['--cluster-port', `${ports[index + 6] ?? 0}`];
      const args = [file, '--port', `${port}`, '--bind', '127.0.0.1', ...bus];
      return new RedisProcess('redis-server', port, place, args);
    });
    try {
      await Promise.all(servers.map((server) => server.start()));
      const made = await makeCluster(servers.map(({ port }) => `127.0.0.1:${port}`));
      assert.match(made, /All 16384 slots covered/);
      const url = `redis+cluster://127.0.0.1:${ports[0] ?? 0}`;
      const store = await openStore({ url }, { clock: Date, randomBytes });
      await makeSpace(store, 1);
      await putBlob(store, 'text');
      const result = await store.spaces.commit(write('a.md', 'text'));
      await store.close();
      assert.ok(result.kind === 'committed' && result.durability === 'replicated');
      assert.equal(await makeCluster(servers.map(({ port }) => `127.0.0.1:${port}`)), '');
    } finally {
      await Promise.all(servers.map((server) => server.kill()));
      await folder.remove();
    }
  });
});

/** Every `host:port` of a configuration of Envoy. */
function placesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('address' in value && 'port_value' in value)
    return [`${String(value.address)}:${String(value.port_value)}`];
  return Object.values(value).flatMap(placesIn);
}

async function makeCluster(servers: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', [join(DEPLOY, 'make-cluster.sh'), ...servers]);
  return stdout;
}
