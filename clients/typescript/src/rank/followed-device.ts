import type { ActivityBatch, Held } from '@foresync/protocol';
import { DeviceRanker, itemId, spaceId } from '@foresync/ranking';
import type { Checkpoint } from '../checkpoint.js';
import { ForesyncClientError } from '../errors.js';
import { fromHex, toHex } from '../hex.js';
import type { Holding } from '../holdings.js';
import type { DeviceRanking, Likely, RankingGround } from '../ranking.js';
import { within } from '../within.js';
import { clientError } from './client-error.js';
import type { Diary, DiaryEntry } from './diary.js';
import { batchOf, headOf } from './domain-terms.js';
import type { LentModel } from './shared-model.js';

/** Items that a follower may come to know besides twice those that it began with; then it begins anew. */
const MORE_ITEMS = 10_000;

interface Follower {
  readonly ranker: DeviceRanker;
  readonly edition: number;
  /** Entries of the diary that it has read. */
  read: number;
  /** Items that it may know: what was held once is not forgotten otherwise. */
  mostItems: number;
  /** Hash, by item, of the last content that the user wrote. */
  readonly own: Map<string, string>;
}

/** Follows what is done on a device, and ranks what it holds by that. It learns when it is asked: until then it notes. */
export class FollowedDevice implements DeviceRanking {
  readonly #buffer: RankingGround['buffer'];
  readonly #diary: Diary;
  readonly #model: LentModel;
  /** By space. */
  readonly #followers = new Map<string, Follower>();
  readonly #closing = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(buffer: RankingGround['buffer'], diary: Diary, model: LentModel) {
    this.#buffer = buffer;
    this.#diary = diary;
    this.#model = model;
  }

  follow(batch: ActivityBatch): void {
    this.#diary.add({ kind: 'done', batch });
  }

  wrote({ space, item, dataHash }: Checkpoint): void {
    this.#diary.add({ kind: 'wrote', held: { space, item, dataHash: fromHex(dataHash) } });
  }

  wipe(space?: string): void {
    this.#diary.wipe(space);
  }

  /** One at a time: each learns first what was done before it. Rejects with CLOSED when the device is closed meanwhile. */
  async rank(
    space: string,
    how: { readonly most: number; readonly nowMs: number },
  ): Promise<readonly Likely[]> {
    const { signal } = this.#closing;
    const ranked = this.#turn.then(() => this.#rank(space, how));
    this.#turn = ranked.catch(() => undefined);
    try {
      return await within(ranked, { signal });
    } catch (thrown) {
      throw signal.aborted ? new ForesyncClientError('CLOSED', 'the client is closed') : thrown;
    }
  }

  commit(): Promise<void> {
    return this.#diary.commit();
  }

  /** Does not wait for the model, which may be long in coming: it is given back when nobody uses it any more. */
  close(): Promise<void> {
    this.#closing.abort();
    this.#turn.then(() => this.#model.giveBack()).catch(() => undefined);
    return this.#diary.close();
  }

  async #rank(
    space: string,
    { most, nowMs }: { readonly most: number; readonly nowMs: number },
  ): Promise<readonly Likely[]> {
    try {
      const follower = await this.#followerOf(space);
      const held = [...this.#buffer.list(space)].reverse();
      await this.#catchUp(space, follower, held);
      if (follower.ranker.steps === 0) return asForetold(held).slice(0, most);
      const items = held.map(({ checkpoint }) => itemId(checkpoint.item));
      const best = await follower.ranker.rank(items, nowMs, most);
      return best.flatMap(({ item, score, reasons }) => {
        // It may have gone meanwhile.
        const holding = this.#buffer.get(space, item);
        return holding === undefined ? [] : [likelyOf(holding, score, reasons)];
      });
    } catch (thrown) {
      throw clientError(thrown);
    }
  }

  async #followerOf(space: string): Promise<Follower> {
    const model = await this.#model.now();
    const { edition } = this.#diary;
    const known = this.#followers.get(space);
    if (known?.edition === edition && known.ranker.items <= known.mostItems) return known;
    const ranker = new DeviceRanker(spaceId(space), model);
    const follower = { ranker, edition, read: 0, mostItems: Infinity, own: new Map() };
    this.#followers.set(space, follower);
    return follower;
  }

  /** What is known of items is part of what a step means, so that comes first. */
  async #catchUp(space: string, follower: Follower, held: readonly Holding[]): Promise<void> {
    const { ranker, own } = follower;
    const unread = this.#diary.entries.slice(follower.read);
    for (const { item, dataHash } of writesOf(space, unread)) own.set(item, toHex(dataHash));
    for (const { checkpoint } of held)
      ranker.know(headOf(checkpoint), own.get(checkpoint.item) === checkpoint.dataHash);
    for (const entry of unread) {
      follower.read++;
      if (entry.kind === 'done' && entry.batch.space === space) await ranker.follow(batchOf(entry.batch));
    }
    if (follower.mostItems === Infinity) follower.mostItems = 2 * ranker.items + MORE_ITEMS;
  }
}

function writesOf(space: string, entries: readonly DiaryEntry[]): readonly Held[] {
  return entries.flatMap((entry) =>
    entry.kind === 'wrote' && entry.held.space === space ? [entry.held] : [],
  );
}

/** Of somebody who did nothing here yet, what the server foretold is all that is known. */
function asForetold(held: readonly Holding[]): readonly Likely[] {
  return held
    .map((holding) => {
      const { predictionScore: weight } = holding.checkpoint;
      const reasons = weight > 0 ? [{ code: 'FORETOLD', text: 'the server expected it', weight }] : [];
      return likelyOf(holding, weight, reasons);
    })
    .sort((a, b) => b.score - a.score);
}

function likelyOf({ checkpoint, stale }: Holding, score: number, reasons: Likely['reasons']): Likely {
  return { checkpoint, stale, score, reasons };
}
