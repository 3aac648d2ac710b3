import { LRUCache } from 'lru-cache';
import type { Durability } from '../../domain/checkpoint.js';
import type { DeviceId, Pseudonym, SpaceId } from '../../domain/ids.js';
import type { ApplyResult, FeedEntry, FeedPage, SpaceFeedPage } from '../../domain/store-port.js';
import { decodeFed, encodeBatch } from '../codec/batch.js';
import { forgottenFailure } from '../failures.js';
import { forgottenMark } from '../../util/forgotten-mark.js';
import type { StoreLimits } from '../options.js';
import type { Directory } from './directory.js';
import type { Keys } from './keys.js';
import { endings, holderOf } from './keys.js';
import { FEED, READ_FEED } from './lua/space.js';
import { APPLY } from './lua/user.js';
import { entriesOf, listOf, textOf, wholeOf } from './replies.js';
import type { Answer } from './lane.js';
import type { Router } from './router.js';
import type { Word } from './script.js';
import { spacesOf } from './user-records.js';

type LoggedBatch = Omit<FeedEntry, 'offset'>;

/** Devices of which a node remembers what it brought into the feed; of others the feed tells, or the activity log. */
const REMEMBERED = 10_000;

/** Where a device's batches stand. */
interface Place {
  readonly user: Pseudonym;
  readonly device: DeviceId;
  /** What the feeds call them. */
  readonly holder: string;
  readonly era: number;
  /** Up to this one they are known to be in the feeds. */
  readonly fed: number;
  /** Space of the batch before, if it is known. */
  readonly before: SpaceId | null;
}

export interface BatchesParts {
  readonly router: Router;
  readonly keys: Keys;
  readonly limits: StoreLimits;
  readonly directory: Directory;
  readonly newToken: () => string;
}

/**
 * Batches go to two slots: the user's, where one step decides about them, then the space's feed. A batch is acknowledged
 * after both. Whoever was cut off in between is made up for by the next call for the same device, from the activity log;
 * the feed takes each batch once. A node that does not know the device sees by the batch before whether anybody was.
 */
export class Batches {
  readonly #parts: BatchesParts;
  readonly #fed = new LRUCache<string, number>({ max: REMEMBERED });

  constructor(parts: BatchesParts) {
    this.#parts = parts;
  }

  async apply(
    logged: LoggedBatch,
    context: { readonly expectedVersion: number; readonly bytes: Uint8Array },
    era: number,
  ): Promise<ApplyResult> {
    const { router, keys, limits, directory, newToken } = this.#parts;
    const { user, device, batch } = logged;
    await directory.get(batch.space);
    const of = keys.user(user);
    const ending = endings.state(batch.space);
    const holder = holderOf(device, user);
    const known = this.#fed.get(`${era} ${holder}`) ?? 0;
    const { reply, durability } = await router.run({
      script: APPLY,
      keys: [of.index, of.of(ending), of.activity, of.mark],
      args: [
        device,
        batch.sequence,
        context.expectedVersion,
        newToken(),
        context.bytes,
        encodeBatch(logged),
        limits.activityRetention,
        // What is remembered may be of data that Redis lost.
        known < batch.sequence ? known : 0,
        ending,
        era,
      ],
    });
    const [kind, second, third = ''] = listOf(reply).map(textOf);
    if (kind === 'forgotten') throw forgottenFailure();
    if (kind === 'gap') return { kind, expected: wholeOf(second) };
    if (kind === 'stale') return { kind };
    const applied = kind === 'applied';
    const [before = null] = spacesOf([third], 'x:');
    const place: Place = { user, device, holder, era, fed: wholeOf(second), before };
    // What comes again may differ from what was applied: that is in the activity log.
    const brought = await this.#bring(place, batch.sequence, applied ? [logged] : []);
    const isDegraded = [durability, ...brought].includes('degraded');
    return { kind: applied ? 'applied' : 'duplicate', durability: isDegraded ? 'degraded' : durability };
  }

  /** A user's activity log. */
  async activity(user: Pseudonym, after: number, limit: number): Promise<FeedPage> {
    const { index, activity } = this.#parts.keys.user(user);
    const { entries, low, high } = await this.#read([activity, index], 'a', after, limit);
    return { entries, low, high };
  }

  /** A space's feed. */
  feed(space: SpaceId, after: number, limit: number): Promise<SpaceFeedPage> {
    const { feed, fed } = this.#parts.keys.space(space);
    return this.#read([feed, fed], 'high', after, limit);
  }

  /**
   * Brings all batches of the device up to this one that are not known to be there into the feeds of their spaces, in such an
   * order that all are there if the last one is. So it is enough to see there the one before, which the same call can do.
   */
  async #bring(place: Place, sequence: number, mine: readonly LoggedBatch[]): Promise<readonly Durability[]> {
    const { holder, era, fed, before } = place;
    if (fed >= sequence) return [];
    const last = sequence - mine.length;
    const told: Durability[] = [];
    const tell = async (space: SpaceId, batches: readonly LoggedBatch[], after: number): Promise<boolean> => {
      const { reply, durability } = await this.#tell(place, space, batches, after);
      told.push(durability);
      return textOf(reply) !== 'missing';
    };
    const space = mine[0]?.batch.space ?? null;
    const isNext = fed === last || (before !== null && before !== space && (await tell(before, [], last)));
    const isDone =
      space !== null && (isNext || before === space) && (await tell(space, mine, isNext ? 0 : last));
    if (!isDone) {
      const missing = await this.#applied(place, fed, last);
      for (const [one, batches] of bySpace([...missing, ...mine])) await tell(one, batches, 0);
    }
    this.#fed.set(`${era} ${holder}`, sequence);
    return told;
  }

  /** Batches of the device into the feed of their space, if `after` is there. */
  #tell(
    { user, holder, era }: Place,
    space: SpaceId,
    batches: readonly LoggedBatch[],
    after: number,
  ): Promise<Answer> {
    const { router, keys, limits } = this.#parts;
    const { feed, fed, mark } = keys.space(space);
    const words = batches.flatMap((one): Word[] => [one.batch.sequence, encodeBatch(one)]);
    return router.run({
      script: FEED,
      keys: [feed, fed, mark(forgottenMark(user))],
      args: [limits.feedRetention, era, holder, after, ...words],
    });
  }

  /** Batches of a device above `fed`, up to `last`, that the activity log still has. */
  async #applied({ user, device }: Place, fed: number, last: number): Promise<readonly LoggedBatch[]> {
    const { entries } = await this.activity(user, 0, this.#parts.limits.activityRetention);
    return entries.filter(
      ({ device: whose, batch: { sequence } }) => whose === device && sequence > fed && sequence <= last,
    );
  }

  async #read(
    [stream, hash]: readonly [string, string],
    field: string,
    after: number,
    limit: number,
  ): Promise<SpaceFeedPage> {
    const args = [field, `${after + 1}-0`, limit];
    const { reply } = await this.#parts.router.run({ script: READ_FEED, keys: [stream, hash], args });
    const [high, low, entries] = listOf(reply);
    return { ...decodeFed(entriesOf(entries)), low: wholeOf(low), high: wholeOf(high) };
  }
}

/** Spaces in the order of their last batches. */
function bySpace(batches: readonly LoggedBatch[]): ReadonlyMap<SpaceId, LoggedBatch[]> {
  const spaces = new Map<SpaceId, LoggedBatch[]>();
  for (const one of batches) {
    const { space } = one.batch;
    const others = spaces.get(space) ?? [];
    spaces.delete(space);
    spaces.set(space, [...others, one]);
  }
  return spaces;
}
