import { fold } from '../context/reducer.js';
import { stepsOf } from '../context/steps.js';
import type { UserContext } from '../domain/context.js';
import type { PolicyMemory } from '../domain/engine-port.js';
import { EMPTY_CONTEXT } from '../domain/context.js';
import { ForesyncError } from '../domain/errors.js';
import type { Pseudonym, SpaceId } from '../domain/ids.js';
import { inOrder, lastOffset } from '../domain/feed.js';
import type { FeedEntry, ForgottenMark, SpaceStore } from '../domain/store-port.js';
import { forgottenMark } from '../util/forgotten-mark.js';
import { Statistics } from '../predictor/statistics.js';

export interface Recollecting {
  readonly spaces: SpaceStore;
  /** Most candidates of a plan. */
  readonly candidates: number;
  /** A snapshot cannot be read: statistics are made of the feed alone, and a policy starts afresh. */
  onCorrupt(error: ForesyncError): void;
}

const SNAPSHOT = 'statistics';
/** What the policy learned, beside the statistics; behind it, as uint64, up to which lesson. */
const LEARNED = 'policy';
const OFFSET_BYTES = 8;
const FEED_PAGE = 512;
const HEAD_PAGE = 1000;
/** Entries before the snapshot that are read for the users' last steps: a step is learned together with those before it. */
const WARM_UP = 4096;
/** Users whose last steps are kept while reading; those who were silent longest are forgotten. */
const MAX_USERS = 10_000;

/**
 * The policy goes on from what it knew when the space was last used; answers up to which lesson that goes, 0 if it starts
 * afresh: nothing was kept, it cannot be read, it was learned over another model, or holds no lesson after `newerThan`.
 */
export async function recollectPolicy(
  from: Omit<Recollecting, 'candidates'>,
  space: SpaceId,
  memory: PolicyMemory,
  newerThan = -1,
): Promise<number> {
  try {
    const saved = await from.spaces.loadSnapshot(space, LEARNED);
    if (saved === null) return 0;
    const { learned, lesson } = parted(saved.bytes);
    return lesson > newerThan && memory.load(learned) ? lesson : 0;
  } catch (thrown) {
    from.onCorrupt(corrupt(thrown));
    return 0;
  }
}

/** What a space knew when it was last used: its snapshot, what the feed says since, and the items as they are now. */
export async function recollect(
  from: Recollecting,
  space: SpaceId,
): Promise<{ readonly statistics: Statistics; readonly learned: number }> {
  const { statistics, offset } = await lastSnapshot(from, space);
  const learned = await readFeed(from.spaces, space, statistics, offset);
  await readHeads(from.spaces, space, statistics);
  return { statistics, learned };
}

export interface Learned {
  readonly statistics: Statistics;
  readonly memory: PolicyMemory | undefined;
  /** Up to where the feed came by, where several nodes write it; null where all of it is from here. */
  readonly heard: () => number | null;
  /** Tells and learns what nodes tell each other, and answers up to which lesson; left out where nobody tells any. */
  readonly exchanged?: () => Promise<number>;
}

/**
 * Saves what a space knows, unless nothing was reported since it was saved last; one save after the other. A batch that is
 * being learned at this moment may be learned twice after a restart.
 */
export function saving(spaces: SpaceStore, space: SpaceId, learned: Learned): () => Promise<void> {
  let saved = 0;
  let last: Promise<void> = Promise.resolve();
  const save = async (): Promise<void> => {
    const high = learned.heard() ?? (await spaces.readFeed(space, 0, 1)).high;
    if (high <= saved) return;
    await spaces.saveSnapshot(space, SNAPSHOT, high, learned.statistics.snapshot());
    const { memory, exchanged } = learned;
    // What is learned between the exchange and this moment is told later, and so learned twice by who starts from here.
    const taught = (await exchanged?.()) ?? 0;
    if (memory !== undefined) await spaces.saveSnapshot(space, LEARNED, high, joined(memory.dump(), taught));
    saved = high;
  };
  return () => (last = last.catch(() => undefined).then(save));
}

function joined(learned: Uint8Array, lesson: number): Uint8Array {
  const bytes = new Uint8Array(learned.length + OFFSET_BYTES);
  bytes.set(learned);
  new DataView(bytes.buffer).setBigUint64(learned.length, BigInt(lesson), true);
  return bytes;
}

function parted(bytes: Uint8Array): { readonly learned: Uint8Array; readonly lesson: number } {
  const end = bytes.length - OFFSET_BYTES;
  if (end < 0) throw new ForesyncError('STORE_CORRUPT', 'what a policy learned: too short');
  const lesson = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(end, true);
  return { learned: bytes.subarray(0, end), lesson: Number(lesson) };
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

/** Learns every entry after `learned`, each after the steps that its user made before; answers the last. */
async function readFeed(
  spaces: SpaceStore,
  space: SpaceId,
  statistics: Statistics,
  learned: number,
): Promise<number> {
  const gone = new Marked(statistics, learned);
  const contexts = new Map<Pseudonym, UserContext>();
  let after = Math.max(0, learned - WARM_UP);
  for (;;) {
    const page = await spaces.readFeed(space, after, FEED_PAGE);
    for (const one of inOrder(page)) {
      if ('mark' in one) gone.forget(one, contexts);
      else learnEntry(statistics, contexts, one, one.offset > learned);
    }
    const last = lastOffset(page);
    if (last === null) return Math.max(after, learned);
    after = last;
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

/** Finds those whom a feed's marks mean. */
class Marked {
  readonly #statistics: Statistics;
  readonly #learned: number;
  readonly #users = new Map<string, Pseudonym>();
  #known = 0;

  constructor(statistics: Statistics, learned: number) {
    this.#statistics = statistics;
    this.#learned = learned;
  }

  forget({ offset, mark }: ForgottenMark, contexts: Map<Pseudonym, UserContext>): void {
    const names = this.#statistics.counts.users.names();
    for (const name of names.slice(this.#known)) this.#users.set(forgottenMark(name), name);
    this.#known = names.length;
    const user = this.#users.get(mark);
    if (user === undefined) return;
    contexts.delete(user);
    // What was learned up to here had forgotten them, and may have met them again.
    if (offset > this.#learned) this.#statistics.forget(user);
  }
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
