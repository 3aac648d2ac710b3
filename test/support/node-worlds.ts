import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PartialConfig } from '../../src/config.js';
import { openMemory } from '../../src/store/memory.js';
import { STORE_LIMITS } from '../../src/store/options.js';
import type { AppWorld } from './app-world.js';
import { appWorld } from './app-world.js';
import { TokenMaker } from './tokens.js';

/** Nodes of one deployment, in this process: one set of keys, and one store: in memory, or that which their configuration names. */
export interface NodeWorlds {
  readonly nodes: readonly AppWorld[];
  readonly tokens: TokenMaker;
  stop(): Promise<void>;
}

export async function nodeWorlds(count: number, change: PartialConfig = {}): Promise<NodeWorlds> {
  const folder = mkdtempSync(join(tmpdir(), 'foresync-nodes-'));
  const serverKeyFile = join(folder, 'server.key');
  writeFileSync(serverKeyFile, randomBytes(32).toString('base64url'), { mode: 0o600 });
  const tokens = new TokenMaker();
  const shared = openMemory(STORE_LIMITS, { clock: { now: () => Date.now() }, randomBytes });
  const overrides = change.store === undefined ? { store: shared } : {};
  const nodes: AppWorld[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
    await shared.close();
    rmSync(folder, { recursive: true });
  };
  try {
    const config = { ...change, auth: { ...change.auth, serverKeyFile } };
    for (let node = 0; node < count; node++) nodes.push(await appWorld(config, overrides, tokens));
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes, tokens, stop };
}
