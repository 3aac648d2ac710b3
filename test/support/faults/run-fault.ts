import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SpaceId } from '../../../src/domain/ids.js';
import { deviceId, itemId, pseudonym, spaceId } from '../../../src/domain/ids.js';
import type { Head } from '../../../src/domain/item.js';
import type { Store } from '../../../src/domain/store-port.js';
import type { StoreObserver } from '../../../src/store/observer.js';
import { UNOBSERVED } from '../../../src/store/observer.js';
import { openStore } from '../../../src/store/open.js';
import { History } from '../history.js';
import type { Deployment } from '../redis/deployment.js';
import { Follower } from './follower.js';
import { Load } from './load.js';

/** Something that goes wrong while users write. */
export interface Fault {
  readonly name: string;
  readonly deploy: () => Promise<Deployment>;
  /** Does it; resolves when nothing more of it comes, with what should not have been, if that is looked at. */
  readonly inject: (deployment: Deployment) => Promise<readonly string[]>;
  /** Data is lost by intention: what was acknowledged before may be gone, and it has to be said. */
  readonly losesData?: boolean;
}

/** What came of it; times in ms. */
export interface FaultResult {
  readonly fault: string;
  readonly acknowledged: number;
  readonly degraded: number;
  /** Writes that were acknowledged as REPLICATED and are not there. */
  readonly lost: number;
  /** Longest that a write waited for its acknowledgement since the fault began. */
  readonly outage_ms: number;
  /** Times that the follower was told to start a log anew. */
  readonly resyncs: number;
  /** In the end the follower knows what is current. */
  readonly converged: boolean;
  readonly errors: Readonly<Record<string, number>>;
  /** Calls that the stores sent again, by the reason. */
  readonly retries: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

export interface FaultLoad {
  readonly users: number;
  readonly everyMs: number;
  /** Before the fault and after it. */
  readonly calmMs: number;
}

const SHARDS = 8;

/** Runs users against a deployment, breaks it, and looks at everything afterwards. */
export async function runFault(fault: Fault, load: FaultLoad): Promise<FaultResult> {
  const deployment = await fault.deploy();
  const space = spaceId('faults');
  const retries: Record<string, number> = {};
  const observer: StoreObserver = {
    ...UNOBSERVED,
    retried: (reason) => (retries[reason] = (retries[reason] ?? 0) + 1),
  };
  const stores = await Promise.all([open(deployment.url, observer), open(deployment.url, observer)]);
  const [first, second] = stores;
  try {
    await first.spaces.ensure(space, SHARDS);
    const history = new History();
    const follower = new Follower(second, space, history);
    const users = new Load({ store: first, space, history, users: load.users, everyMs: load.everyMs });
    await sleep(load.calmMs);
    const from = performance.now();
    const found = await fault.inject(deployment);
    await sleep(load.calmMs);
    await users.stop();
    const outage = users.outageSince(from);
    await follower.finish();
    const judged = await judge(deployment.url, space, users, history, follower, fault);
    const violations = [...found, ...judged.violations];
    return { ...judged, violations, outage_ms: outage, retries };
  } finally {
    await Promise.all(stores.map((store) => store.close()));
    await deployment.stop();
  }
}

/** By a store of its own, which remembers nothing. */
async function judge(
  url: string,
  space: SpaceId,
  load: Load,
  history: History,
  follower: Follower,
  fault: Fault,
): Promise<Omit<FaultResult, 'outage_ms' | 'retries'>> {
  const store = await open(url);
  try {
    const heads = await allHeads(store, space);
    const epochs = await Promise.all(
      Array.from({ length: SHARDS }, async (_, shard) => (await store.spaces.bounds(space, shard)).epoch),
    );
    history.end((_, item) => {
      const head = heads.get(itemId(item));
      return head === undefined ? null : { ...head, epoch: epochs[head.shard] ?? '' };
    });
    const behind: string[] = [];
    for (const [user, sequence] of load.sequences)
      if ((await store.users.sequence(pseudonym(user), deviceId('phone'))) < sequence)
        behind.push(`I1 batch ${sequence} of ${user} was acknowledged and is lost`);
    const told = [...heads.values()].every(
      ({ item, version }) => follower.heads.get(item)?.version === version,
    );
    const lost = [...history.violations, ...behind].filter((text) => text.startsWith('I1'));
    return {
      fault: fault.name,
      acknowledged: load.acknowledged.length,
      degraded: load.count('degraded'),
      lost: lost.length,
      resyncs: follower.resyncs,
      converged: told && follower.heads.size === heads.size,
      errors: Object.fromEntries(load.errors),
      violations: [...history.violations, ...behind].slice(0, 20),
    };
  } finally {
    await store.close();
  }
}

async function allHeads(store: Store, space: SpaceId): Promise<ReadonlyMap<string, Head>> {
  const heads = await store.spaces.list(space, '', '', 100_000);
  return new Map(heads.map((head) => [head.item, head]));
}

function open(url: string, observer = UNOBSERVED): Promise<Store> {
  return openStore({ url, observer }, { clock: { now: () => Date.now() }, randomBytes });
}
