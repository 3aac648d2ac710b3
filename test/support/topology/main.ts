/**
 * `npm run cluster`: what deploy/compose.yaml describes, as processes of this machine, until Ctrl-C. Ports are those of
 * deploy/ where they are free. Nothing is kept.
 */
import { once } from 'node:events';
import { startTopology } from './topology.js';

const TOKEN_MS = 24 * 3_600_000;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

console.log('starting a Redis Cluster (3 + 3), two nodes and Envoy …');
try {
  const wished = {
    redis: [7000, 7001, 7002, 7003, 7004, 7005],
    nodes: [7600, 7601],
    envoy: [8080, 8443, 9901],
  };
  const topology = await startTopology({ spaces: { autoCreate: true } }, wished, stop.signal);
  const { redis, nodes, envoy, tokens, secretFile } = topology;
  try {
    for (const [index, { port }] of redis.servers.entries())
      console.log(`redis ${index < 3 ? 'primary' : 'replica'}   127.0.0.1:${port}`);
    for (const { port } of nodes) console.log(`server node     http://127.0.0.1:${port}`);
    console.log(`envoy           ${envoy.url} (gRPC and grpc-web)`);
    console.log(`store.url       ${redis.url}`);
    const token = await tokens.token({ device: 'laptop', expiresMs: Date.now() + TOKEN_MS });
    console.log(
      [
        '',
        'For another terminal (user alice, device laptop, space notes, one day):',
        '',
        `export FORESYNC_ENDPOINT=${envoy.url} FORESYNC_SPACE=notes FORESYNC_TOKEN=${token}`,
        'npx foresync put hello.txt README.md && npx foresync open hello.txt',
        '',
        `Others: npx foresync token --secret ${secretFile} --user bob --device phone --space notes`,
        'Ctrl-C ends it.',
      ].join('\n'),
    );
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
  } finally {
    await topology.stop();
  }
} catch (thrown) {
  if (!stop.signal.aborted) throw thrown;
}
// What Ctrl-C ended in the middle of starting is ended with us.
process.exit();
