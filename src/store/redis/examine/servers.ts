import { withinTime } from '../../../util/abort.js';
import type { Clock } from '../../../domain/clock.js';
import type { Endpoint } from '../address.js';
import { nameOf } from '../address.js';
import type { Dialling } from '../connection.js';
import { dial, messageOf, open } from '../connection.js';
import { readInfo } from '../server-info.js';

/** What a server says of itself. */
export interface ServerReport {
  readonly name: string;
  readonly info: ReadonlyMap<string, string>;
  /** How far its clock is ahead of ours, ms; half of the time that the question took is uncertain. */
  readonly aheadMs: number;
  /** Whether it writes snapshots; null if it does not tell. */
  readonly saves: boolean | null;
  /** Answer of CLUSTER INFO; empty elsewhere. */
  readonly cluster: ReadonlyMap<string, string>;
  /** Layout and partitions of the store, where it has that key. */
  readonly layout: string | null;
}

/** A server that cannot be asked, and why. */
export interface Silent {
  readonly name: string;
  readonly why: string;
}

/** Asks one server everything, over a connection of its own. Never throws. */
export async function askServer(
  endpoint: Endpoint,
  dialling: Dialling,
  layoutKey: string,
  clock: Clock,
): Promise<ServerReport | Silent> {
  const { connectMs } = dialling;
  const redis = dial(endpoint, dialling);
  const within = <T>(work: Promise<T>): Promise<T> => withinTime(connectMs, work);
  const perhaps = (work: Promise<unknown>): Promise<unknown> => within(work).catch(() => null);
  try {
    await open(redis, connectMs);
    const info = readInfo(await within(redis.info()));
    const before = clock.now();
    const [seconds, micros] = (await within(redis.time())).map(Number);
    const middle = (before + clock.now()) / 2;
    const clustered = info.get('cluster_enabled') === '1';
    return {
      name: nameOf(endpoint),
      info,
      aheadMs: (seconds ?? 0) * 1000 + (micros ?? 0) / 1000 - middle,
      saves: savesOf(await perhaps(redis.call('CONFIG', 'GET', 'save'))),
      cluster: clustered ? readInfo(String(await within(redis.call('CLUSTER', 'INFO')))) : new Map(),
      // Another server of the cluster has the key: MOVED.
      layout: textOrNull(await perhaps(redis.get(layoutKey))),
    };
  } catch (thrown) {
    return { name: nameOf(endpoint), why: messageOf(thrown) };
  } finally {
    redis.disconnect();
  }
}

/** Those who answered, and those who did not. */
export function parted(
  asked: readonly (ServerReport | Silent)[],
): readonly [reports: readonly ServerReport[], silent: readonly Silent[]] {
  const reports = asked.filter((one): one is ServerReport => 'info' in one);
  return [reports, asked.filter((one): one is Silent => 'why' in one)];
}

function savesOf(answer: unknown): boolean | null {
  return Array.isArray(answer) && answer.length === 2 ? answer[1] !== '' : null;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
