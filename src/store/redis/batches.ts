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
import type { Router } from './router.js';
import type { Call, Word } from './script.js';

type LoggedBatch = Omit<FeedEntry, 'offset'>;

/** Devices of which a node remembers what it brought into the feed; of others the activity log tells. */
const REMEMBERED = 100_000;

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
 * the feed takes each batch once.
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
    const [kind, second, third] = listOf(reply).map(textOf);
    if (kind === 'forgotten') throw forgottenFailure();
    if (kind === 'gap') return { kind, expected: wholeOf(second) };
    if (kind === 'stale') return { kind };
    const applied = kind === 'applied';
    // What comes again may differ from what was applied: that is in the activity log.
    const mine = applied ? [logged] : [];
    const fed = await this.#feed(logged, mine, { holder, era, fed: wholeOf(third ?? second) }, durability);
    return { kind: applied ? 'applied' : 'duplicate', durability: fed };
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

  /** Brings all batches of the device up to this one that are not known to be there into the feeds of their spaces. */
  async #feed(
    { user, device, batch: { sequence } }: LoggedBatch,
    mine: readonly LoggedBatch[],
    { holder, era, fed }: { readonly holder: string; readonly era: number; readonly fed: number },
    applied: Durability,
  ): Promise<Durability> {
    if (fed >= sequence) return applied;
    const last = sequence - mine.length;
    const missing = fed === last ? [] : await this.#applied(user, device, fed, last);
    const durabilities = [applied];
    for (const [space, batches] of bySpace([...missing, ...mine])) {
      const { feed, fed: places, mark } = this.#parts.keys.space(space);
      const words = batches.flatMap((one): Word[] => [holder, one.batch.sequence, encodeBatch(one)]);
      const args = [this.#parts.limits.feedRetention, era, ...words];
      const to: Call['keys'] = [feed, places, mark(forgottenMark(user))];
      durabilities.push((await this.#parts.router.run({ script: FEED, keys: to, args })).durability);
    }
    this.#fed.set(`${era} ${holder}`, sequence);
    return durabilities.find((one) => one === 'degraded') ?? applied;
  }

  /** Batches of a device above `fed`, up to `last`, that the activity log still has. */
  async #applied(
    user: Pseudonym,
    device: DeviceId,
    fed: number,
    last: number,
  ): Promise<readonly LoggedBatch[]> {
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

function bySpace(batches: readonly LoggedBatch[]): ReadonlyMap<SpaceId, LoggedBatch[]> {
  const spaces = new Map<SpaceId, LoggedBatch[]>();
  for (const one of batches) spaces.set(one.batch.space, [...(spaces.get(one.batch.space) ?? []), one]);
  return spaces;
}
