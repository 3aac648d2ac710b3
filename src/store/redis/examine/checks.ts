import type { Finding } from '../../../domain/finding.js';
import { failure, ok, warning } from '../../../domain/finding.js';
import { LAYOUT, readLayout } from '../layout.js';
import { liveReplicas, OLDEST } from '../server-info.js';
import type { RedisSettings } from '../settings.js';
import { SLOTS } from '../slots.js';
import type { ServerReport, Silent } from './servers.js';

/** A clock that is off by this is told of; grace and activity are counted by the nodes' clocks, which should agree with all. */
const OFF_MS = 1000;
/** Share of its memory that a server may use before it is told of. */
const FULL = 0.9;

export function checkAnswers(reports: readonly ServerReport[], silent: readonly Silent[]): Finding {
  const all = reports.length + silent.length;
  const found = `${reports.length} of ${all} answer`;
  if (silent.length === 0) return ok('servers', found);
  const whose = silent.map(({ name, why }) => `${name}: ${why}`).join('; ');
  return failure('servers', `${found} (${whose})`, 'start them again, or take them out of the deployment');
}

export function checkVersions(reports: readonly ServerReport[]): Finding {
  const versions = reports.map(({ info }) => info.get('redis_version') ?? '');
  const told = [...new Set(versions)].join(', ');
  const old = reports.filter((_, index) => !(Number.parseInt(versions[index] ?? '', 10) >= OLDEST));
  return old.length === 0
    ? ok('version', `Redis ${told}`)
    : failure('version', `Redis ${told} (${namesOf(old)})`, `upgrade to Redis ${OLDEST} or newer`);
}

/** Whether all nodes find the cluster whole. */
export function checkCluster(reports: readonly ServerReport[]): Finding {
  const down = reports.filter(({ cluster }) => cluster.get('cluster_state') !== 'ok');
  const [first] = reports;
  const slots = first?.cluster.get('cluster_slots_ok') ?? '0';
  const size = first?.cluster.get('cluster_size') ?? '0';
  if (down.length === 0) return ok('cluster', `${slots} of ${SLOTS} slots are served by ${size} primaries`);
  const found = `not up for ${namesOf(down)}: ${slots} of ${SLOTS} slots are served`;
  return failure('cluster', found, 'bring primaries back, or `redis-cli --cluster fix`');
}

/** Whether each primary has the replicas that acknowledgements wait for. */
export function checkReplicas(reports: readonly ServerReport[], settings: RedisSettings): Finding {
  const { replicas: wanted, refuseDegraded } = settings;
  if (wanted === 0) return ok('replicas', 'none are waited for: acknowledgements say LOCAL');
  const primaries = reports.filter(({ info }) => info.get('role') === 'master');
  const lacking = primaries.filter(({ info }) => liveReplicas(info) < wanted);
  const plural = wanted === 1 ? 'a replica' : `${wanted} replicas`;
  if (lacking.length === 0 && primaries.length > 0)
    return ok('replicas', `${plural} of each of ${primaries.length} primaries, up to date`);
  const counts = lacking.map(({ name, info }) => `${name} has ${liveReplicas(info)} of ${wanted}`);
  const effect = refuseDegraded ? 'its writes are refused' : 'its writes are acknowledged as DEGRADED';
  return failure('replicas', `${counts.join(', ')}: ${effect}`, 'bring its replicas back, or add some');
}

export function checkEviction(reports: readonly ServerReport[]): Finding {
  const policyOf = ({ info }: ServerReport): string => info.get('maxmemory_policy') ?? '';
  const policies = [...new Set(reports.map(policyOf))].join(', ');
  const evicting = reports.filter((report) => policyOf(report).startsWith('allkeys-'));
  if (evicting.length === 0) return ok('eviction', policies);
  const found = `${policies} (${namesOf(evicting)}) removes what was acknowledged: nodes refuse to start`;
  return failure('eviction', found, 'set maxmemory-policy noeviction');
}

export function checkMemory(reports: readonly ServerReport[]): Finding {
  const share = ({ info }: ServerReport): number => {
    const most = Number(info.get('maxmemory') ?? 0);
    return most === 0 ? 0 : Number(info.get('used_memory') ?? 0) / most;
  };
  const full = reports.filter((report) => share(report) > FULL);
  const most = Math.max(...reports.map(share));
  if (full.length > 0)
    return warning(
      'memory',
      `${namesOf(full)} use ${percent(most)} of maxmemory`,
      'add memory or shards: writes are refused when it is full',
    );
  return ok(
    'memory',
    most === 0 ? 'no server has a maxmemory' : `at most ${percent(most)} of maxmemory is used`,
  );
}

export function checkPersistence(reports: readonly ServerReport[]): Finding {
  const failing = reports.filter(({ info }) =>
    ['rdb_last_bgsave_status', 'aof_last_write_status'].some((name) => info.get(name) === 'err'),
  );
  if (failing.length > 0)
    return failure('persistence', `${namesOf(failing)} cannot write to disk`, 'look at its log and its disk');
  const plain = reports.filter(({ info }) => info.get('aof_enabled') !== '1');
  if (plain.length === 0) return ok('persistence', 'append-only files');
  const without = plain.filter(({ saves }) => saves === false);
  return without.length > 0
    ? warning(
        'persistence',
        `${namesOf(without)} keep nothing on disk: what all servers lose at once is lost`,
        'set appendonly yes',
      )
    : warning(
        'persistence',
        `${namesOf(plain)} write snapshots alone: minutes are lost with all servers`,
        'set appendonly yes',
      );
}

export function checkClocks(reports: readonly ServerReport[]): Finding {
  const furthest = reports.reduce((a, b) => (Math.abs(b.aheadMs) > Math.abs(a.aheadMs) ? b : a));
  const off = Math.round(Math.abs(furthest.aheadMs));
  const found = `at most ${off} ms from this machine’s`;
  return off <= OFF_MS
    ? ok('clocks', found)
    : warning('clocks', `${found} (${furthest.name})`, 'run a time service on every machine');
}

/** Whether the store that is there can be opened with these settings. */
export function checkLayout(reports: readonly ServerReport[], { partitions }: RedisSettings): Finding {
  const layout = reports.find((report) => report.layout !== null)?.layout ?? null;
  if (layout === null) return ok('store', `empty: it gets ${partitions} partitions`);
  const { layout: version, partitions: count, state } = readLayout(layout);
  if (version !== LAYOUT)
    return failure(
      'store',
      `has layout ${version}, this version reads ${LAYOUT}`,
      'start the version that made it',
    );
  if (state === 'copying')
    return failure('store', 'is a copy that is not whole', 'run `foresync store copy` again');
  return count === partitions
    ? ok('store', `layout ${version}, ${count} partitions`)
    : failure(
        'store',
        `was made with ${count} partitions, not ${partitions}`,
        `set store.partitions to ${count}`,
      );
}

const namesOf = (servers: readonly { readonly name: string }[]): string =>
  servers.map(({ name }) => name).join(', ');

const percent = (share: number): string => `${Math.round(share * 100)} %`;
