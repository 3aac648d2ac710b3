/** The process that `ServerProcess` spawns: a server from the configuration in its argument, until it is killed. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createApp } from '../../src/app.js';
import type { PartialConfig } from '../../src/config.js';
import { configOf } from '../../src/config.js';
import { createLogger } from '../../src/telemetry/logger.js';

// The parent wrote it.
const config = JSON.parse(process.argv[2] ?? '') as PartialConfig;
const app = await createApp(configOf(config), { logger: createLogger(config.log?.level ?? 'error') });
await app.start();
process.stdout.write(`listening on ${app.port}\n`);
process.on('message', (message) => {
  if (message === 'memory') process.send?.(held());
});

/** Bytes on the heap and beside it after a collection: what is garbage says nothing of what is kept. */
function held(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void; // what the flag gives
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
