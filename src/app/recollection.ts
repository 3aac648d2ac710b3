import { fold } from '../context/reducer.js';
import { stepsOf } from '../context/steps.js';
import type { UserContext } from '../domain/context.js';
import type { PolicyMemory } from '../domain/engine-port.js';
import { EMPTY_CONTEXT } from '../domain/context.js';
import { ForesyncError } from '../domain/errors.js';
import type { Pseudonym, SpaceId } from '../domain/ids.js';
import type { FeedEntry, SpaceStore } from '../domain/store-port.js';
import { Statistics } from '../predictor/statistics.js';

export interface Recollecting {
  readonly spaces: SpaceStore;
  /** Most candidates of a plan. */
  readonly candidates: number;
  /** A snapshot cannot be read: statistics are made of the feed alone, and a policy starts afresh. */
  onCorrupt(error: ForesyncError): void;
}

const SNAPSHOT = 'statistics';
/** What the policy learned, beside the statistics. */
const LEARNED = 'policy';
const FEED_PAGE = 512;
const HEAD_PAGE = 1000;
/** Entries before the snapshot that are read for the users' last steps: a step is learned together with those before it. */
const WARM_UP = 4096;
/** Users whose last steps are kept while reading; those who were silent longest are forgotten. */
const MAX_USERS = 10_000;

/**
 * The policy goes on from what it knew when the space was last used. What cannot be read, or was learned over another model,
 * is left alone: the policy starts afresh.
 */
export async function recollectPolicy(
  from: Omit<Recollecting, 'candidates'>,
  space: SpaceId,
  memory: PolicyMemory,
): Promise<void> {
  try {
    const saved = await from.spaces.loadSnapshot(space, LEARNED);
    if (saved !== null) memory.load(saved.bytes);
  } catch (thrown) {
    from.onCorrupt(corrupt(thrown));
  }
}

/** What a space knew when it was last used: its snapshot, what the feed says since, and the items as they are now. */
export async function recollect(from: Recollecting, space: SpaceId): Promise<Statistics> {
  const { statistics, offset } = await lastSnapshot(from, space);
  await readFeed(from.spaces, space, statistics, offset);
  await readHeads(from.spaces, space, statistics);
  return statistics;
}

/**
 * Saves what a space knows, unless nothing was reported after `saved`; answers the feed entry that is saved now. A batch
 * that is being learned at this moment may be learned twice after a restart.
 */
export async function remember(
  spaces: SpaceStore,
  space: SpaceId,
  learned: { readonly statistics: Statistics; readonly memory: PolicyMemory | undefined },
  saved: number,
): Promise<number> {
  const { high } = await spaces.readFeed(space, 0, 1);
  if (high <= saved) return high;
  await spaces.saveSnapshot(space, SNAPSHOT, high, learned.statistics.snapshot());
  if (learned.memory !== undefined) await spaces.saveSnapshot(space, LEARNED, high, learned.memory.dump());
  return high;
}

/** Throws what is no matter of damage: a store that cannot be reached has to be asked again. */
function corrupt(thrown: unknown): ForesyncError {
  const error = ForesyncError.from(thrown);
  if (error.code === 'STORE_CORRUPT') return error;
  throw error;
}

async function lastSnapshot(
  from: Recollecting,
  space: SpaceId,
): Promise<{ readonly statistics: Statistics; readonly offset: number }> {
  const { spaces, candidates } = from;
  const fresh = { statistics: new Statistics({ candidateLimit: candidates }), offset: 0 };
  try {
    const saved = await spaces.loadSnapshot(space, SNAPSHOT);
    if (saved === null) return fresh;
    const statistics = new Statistics({ candidateLimit: candidates, snapshot: saved.bytes });
    return { statistics, offset: saved.offset };
  } catch (thrown) {
    from.onCorrupt(corrupt(thrown));
    return fresh;
  }
}

/** Learns every entry after `learned`, each after the steps that its user made before. */
async function readFeed(
  spaces: SpaceStore,
  space: SpaceId,
  statistics: Statistics,
  learned: number,
): Promise<void> {
  const contexts = new Map<Pseudonym, UserContext>();
  let after = Math.max(0, learned - WARM_UP);
  for (;;) {
    const { entries } = await spaces.readFeed(space, after, FEED_PAGE);
    for (const entry of entries) learnEntry(statistics, contexts, entry, entry.offset > learned);
    const last = entries.at(-1);
    if (last === undefined) return;
    after = last.offset;
  }
}

function learnEntry(
  statistics: Statistics,
  contexts: Map<Pseudonym, UserContext>,
  { user, device, batch }: FeedEntry,
  isNew: boolean,
): void {
  let context = contexts.get(user) ?? EMPTY_CONTEXT;
  for (const step of stepsOf(user, device, batch)) {
    if (isNew) statistics.learn(step, context);
    context = fold(context, step);
  }
  contexts.delete(user);
  contexts.set(user, context);
  const [oldest] = contexts.keys();
  if (contexts.size > MAX_USERS && oldest !== undefined) contexts.delete(oldest);
}

async function readHeads(spaces: SpaceStore, space: SpaceId, statistics: Statistics): Promise<void> {
  for (let after = ''; ; ) {
    const heads = await spaces.list(space, '', after, HEAD_PAGE);
    for (const head of heads) {
      statistics.changed({ space, epoch: '', head, previousHash: null, writer: null, audience: [] });
    }
    const last = heads.at(-1);
    if (last === undefined) return;
    after = last.item;
  }
}
