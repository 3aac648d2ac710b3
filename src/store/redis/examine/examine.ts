import type { Clock } from '../../../domain/clock.js';
import type { Finding } from '../../../domain/finding.js';
import { failure, ok } from '../../../domain/finding.js';
import type { Endpoint, RedisAddress } from '../address.js';
import { distinct, endpointOf, parseAddress } from '../address.js';
import { readNodes } from '../cluster-view.js';
import type { Dialling } from '../connection.js';
import { sentinelDialling } from '../connection.js';
import { Keys } from '../keys.js';
import { Questions } from '../questions.js';
import { readInfo } from '../server-info.js';
import type { RedisSettings } from '../settings.js';
import { settingsFor } from '../settings.js';
import {
  checkAnswers,
  checkClocks,
  checkCluster,
  checkEviction,
  checkLayout,
  checkMemory,
  checkPersistence,
  checkReplicas,
  checkVersions,
} from './checks.js';
import { askServer, parted } from './servers.js';

/** Asks every server of a deployment, replicas and those who are down included; changes nothing. Throws CONFIG_INVALID. */
export async function examineRedis(
  url: string,
  given: Partial<RedisSettings>,
  clock: Clock,
): Promise<readonly Finding[]> {
  const address = parseAddress(url);
  const settings = settingsFor(address.kind, given);
  const dialling: Dialling = { address, connectMs: settings.commandMs };
  const { servers, findings } = await serversOf(address, dialling);
  const { layout } = new Keys(settings.partitions);
  const asked = await Promise.all(servers.map((server) => askServer(server, dialling, layout, clock)));
  const [reports, silent] = parted(asked);
  const first = [...findings, checkAnswers(reports, silent)];
  if (reports.length === 0) return first;
  return [
    ...first,
    checkVersions(reports),
    ...(address.kind === 'cluster' ? [checkCluster(reports)] : []),
    checkReplicas(reports, settings),
    checkEviction(reports),
    checkMemory(reports),
    checkPersistence(reports),
    checkClocks(reports),
    checkLayout(reports, settings),
  ];
}

interface Servers {
  readonly servers: readonly Endpoint[];
  readonly findings: readonly Finding[];
}

/** All that belong to the deployment, as those who are listed in the URL know it. */
async function serversOf(address: RedisAddress, dialling: Dialling): Promise<Servers> {
  switch (address.kind) {
    case 'standalone':
      return { servers: address.endpoints, findings: [] };
    case 'sentinel':
      return serversUnderSentinels(address, dialling);
    case 'cluster':
      return { servers: await serversOfCluster(address, dialling), findings: [] };
  }
}

async function serversOfCluster(
  { endpoints }: RedisAddress,
  dialling: Dialling,
): Promise<readonly Endpoint[]> {
  const views = await asked(endpoints, dialling, 'CLUSTER', 'NODES');
  const known = views.flatMap(({ endpoint, answer }) => readNodes(String(answer), endpoint));
  // A node that has no address any more is of no cluster.
  const reachable = known.map(({ endpoint }) => endpoint).filter(({ port }) => port > 0);
  return distinct(reachable.length === 0 ? endpoints : reachable);
}

async function serversUnderSentinels(
  { endpoints, primaryName }: RedisAddress,
  dialling: Dialling,
): Promise<Servers> {
  const plain = sentinelDialling(dialling);
  const named = await asked(endpoints, plain, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', primaryName);
  const votes = named.map(({ answer }) => (Array.isArray(answer) ? answer.join(':') : 'none'));
  const primary = votes.find((vote) => votes.filter((one) => one === vote).length * 2 > endpoints.length);
  const found = `${named.length} of ${endpoints.length} answer`;
  if (primary === undefined || primary === 'none') {
    const why = `${found}, and do not agree on a primary "${primaryName}"`;
    return {
      servers: [],
      findings: [failure('sentinels', why, 'start them, and compare their configuration')],
    };
  }
  const [replicas] = await asked([endpointOf(primary)], dialling, 'INFO', 'replication');
  const servers = [endpointOf(primary), ...replicasIn(replicas?.answer)];
  const enough = named.length === endpoints.length;
  return {
    servers,
    findings: [
      enough
        ? ok('sentinels', `${found}, the primary is ${primary}`)
        : failure('sentinels', `${found}: a failover may find no majority`, 'start those that are down'),
    ],
  };
}

/** Replicas that a primary lists. */
function replicasIn(answer: unknown): Endpoint[] {
  return [...readInfo(String(answer))].flatMap(([name, value]) => {
    const [, host, port] = /^ip=([^,]+),port=(\d+)/.exec(value) ?? [];
    return /^slave\d+$/.test(name) && host !== undefined ? [{ host, port: Number(port) }] : [];
  });
}

async function asked(
  endpoints: readonly Endpoint[],
  dialling: Dialling,
  command: string,
  ...args: string[]
): ReturnType<Questions['ask']> {
  const questions = new Questions(dialling);
  try {
    return await questions.ask(endpoints, command, ...args);
  } finally {
    questions.close();
  }
}
