import type { RedisProcess } from './server.js';

/** What servers did so far, all together. */
export interface Done {
  /** Scripts and waits for replicas: the commands that stores send. */
  readonly commands: number;
  readonly cpuUs: number;
  /** Of primaries. */
  readonly bytes: number;
}

export async function doneBy(servers: readonly RedisProcess[]): Promise<Done> {
  const told = await Promise.all(servers.map((server) => server.ask((one) => one.info('everything'))));
  const sum = (pattern: RegExp, texts = told): number =>
    texts
      .flatMap((text) => [...text.matchAll(pattern)])
      .reduce((total, [, number]) => total + Number(number), 0);
  const primaries = told.filter((text) => text.includes('role:master'));
  return {
    commands: sum(/cmdstat_(?:evalsha|wait):calls=(\d+)/g),
    cpuUs: sum(/used_cpu_(?:user|sys):([\d.]+)/g) * 1e6,
    bytes: sum(/^used_memory:(\d+)/gm, primaries),
  };
}
