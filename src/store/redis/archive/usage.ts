import { setTimeout as pause } from 'node:timers/promises';
import { withinTime } from '../../../util/abort.js';
import { inUse } from '../../archive/refusals.js';
import type { Access } from '../access.js';
import { overConnection } from '../connection.js';

/** What a node asked last that has a connection open: its scripts, their durability, its wake-ups. */
const OF_NODES = new Set(['evalsha', 'wait', 'script|load', 'ssubscribe']);

/** A connection that was closed a moment ago may be listed yet, ms. */
const LEAVING_MS = 1000;
const PAUSE_MS = 100;

/**
 * Asks every primary who is connected. A node is known by what it asked last; other tools are left alone. Throws COPY_REFUSED,
 * STORE_UNAVAILABLE.
 */
export async function mustBeUnused(access: Access): Promise<void> {
  for (const end = performance.now() + LEAVING_MS; ; ) {
    const others = await access.router.attempt(() => othersOf(access));
    if (others.length === 0) return;
    if (performance.now() > end) throw inUse(others.join(', '));
    await pause(PAUSE_MS);
  }
}

async function othersOf({ topology, dialling }: Access): Promise<readonly string[]> {
  const found: string[] = [];
  for (const endpoint of await topology.primaries()) {
    const answer = await overConnection(endpoint, dialling, (redis) =>
      withinTime(dialling.connectMs, redis.call('CLIENT', 'LIST')),
    );
    const clients = String(answer).split('\n').map(fieldsOf);
    const others = clients.filter(
      (client) => client.get('name') !== dialling.name && OF_NODES.has(client.get('cmd') ?? ''),
    );
    found.push(...others.map((client) => client.get('addr') ?? ''));
  }
  return found;
}

/** Of a line `id=3 addr=… name=…`. */
function fieldsOf(line: string): ReadonlyMap<string, string> {
  const fields = line.split(' ').map((word): [string, string] => {
    const cut = word.indexOf('=');
    return [word.slice(0, cut), word.slice(cut + 1)];
  });
  return new Map(fields);
}
