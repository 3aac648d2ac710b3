import type { Connection, Dialling } from './connection.js';
import { connect, unusable } from './connection.js';
import type { Endpoint } from './address.js';
import { Fence } from './fence.js';
import { Lane } from './lane.js';
import type { Script } from './script.js';
import type { RedisSettings } from './settings.js';
import { withinTime } from '../../util/abort.js';
import { unavailable } from '../failures.js';

export interface PrimaryParts {
  readonly dialling: Dialling;
  readonly settings: RedisSettings;
  readonly scripts: readonly Script[];
  /** The name of the server that stays when its process is another. */
  readonly nameServer: (connection: Connection) => Promise<string>;
  readonly stands: (server: string, endpoint: Endpoint) => Promise<boolean>;
}

/**
 * A server that writes go to: one lane whose answers are as safe as they say, one for what needs no such care (contents
 * by their hash). So connections stay in proportion to servers.
 */
export class Primary {
  readonly fenced: Lane;
  readonly free: Lane;

  private constructor(fenced: Lane, free: Lane) {
    this.fenced = fenced;
    this.free = free;
  }

  /** Throws STORE_UNAVAILABLE, CONFIG_INVALID. */
  static async open(endpoint: Endpoint, parts: PrimaryParts): Promise<Primary> {
    const { dialling, settings, nameServer, stands } = parts;
    const connections: Connection[] = [];
    try {
      for (let index = 0; index < 2; index++) connections.push(await connect(endpoint, dialling));
      const [careful, quick] = connections;
      if (careful === undefined || careful.runId !== quick?.runId)
        throw unavailable('the server was started again meanwhile');
      const server = await withinTime(dialling.connectMs, nameServer(careful));
      await withinTime(dialling.connectMs, loadScripts(careful, parts.scripts));
      const boot = `${server} ${careful.runId}`;
      const fence = new Fence({
        redis: careful.redis,
        settings,
        stands: () => stands(server, endpoint),
        now: () => performance.now(),
      });
      const fenced = new Lane(careful, boot, settings.commandMs, settings.replicas > 0 ? fence : null);
      return new Primary(fenced, new Lane(quick, boot, settings.commandMs, null));
    } catch (thrown) {
      for (const { redis } of connections) redis.disconnect();
      throw unusable(endpoint, thrown);
    }
  }

  get isBroken(): boolean {
    return this.fenced.isBroken || this.free.isBroken;
  }

  async close(): Promise<void> {
    await Promise.all([this.fenced.close(), this.free.close()]);
  }
}

async function loadScripts({ redis }: Connection, scripts: readonly Script[]): Promise<void> {
  const pipeline = redis.pipeline();
  for (const { lua } of scripts) pipeline.script('LOAD', lua);
  for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
}
