import type { Durability } from '../../domain/checkpoint.js';
import { ForesyncError } from '../../domain/errors.js';
import { dataHash, itemId } from '../../domain/ids.js';
import type { ChangeRequest, CommitResult, WriteCondition } from '../../domain/store-port.js';
import { blobComplaint } from '../blob-complaint.js';
import { hashToBytes } from '../codec/fields.js';
import { unavailable } from '../failures.js';
import type { StoreLimits } from '../options.js';
import { shardOf } from '../shards.js';
import { claimOf, decodeStored, digestOf, encodeBody } from './changes.js';
import type { Claims } from './claims.js';
import type { Directory, SpaceRecord } from './directory.js';
import type { Keys } from './keys.js';
import { COMMIT, RELEASED } from './lua/shard.js';
import type { StoreObserver } from '../observer.js';
import { bytesOf, listOf, textOf } from './replies.js';
import type { Router } from './router.js';
import type { Word } from './script.js';

/** A shard is adopted once; twice only if its server is started again in between. */
const ADOPTIONS = 4;

export interface CommitsParts {
  readonly router: Router;
  readonly keys: Keys;
  readonly limits: StoreLimits;
  readonly directory: Directory;
  readonly claims: Claims;
  readonly observer: StoreObserver;
  readonly now: () => number;
  readonly randomBytes: (size: number) => Uint8Array;
}

/** What a commit came to, and the shard whose log it made grow. */
export interface Committed {
  readonly result: CommitResult;
  readonly grown: number | null;
}

/**
 * A commit is one step in the shard's slot, between a claim on the new content and the release of the old one in theirs.
 * What is cut off in between is made up for: pending claims are looked after when their content would be removed, releases
 * by later commits of the shard.
 */
export class Commits {
  readonly #parts: CommitsParts;

  constructor(parts: CommitsParts) {
    this.#parts = parts;
  }

  async commit(request: ChangeRequest): Promise<Committed> {
    const { directory, claims } = this.#parts;
    const record = await directory.get(request.space);
    const shard = shardOf(request.item, record.shards);
    const claim = claims.newClaim(request, shard);
    const found = request.dataHash === null ? null : await claims.claim(request.dataHash, claim);
    const complaint =
      request.dataHash === null ? undefined : blobComplaint(found ?? undefined, request.sizeBytes);
    const { reply, durability } = await this.#step(
      record,
      shard,
      request,
      claim.word,
      complaint === undefined,
    );
    const [kind, epoch, change, ...releases] = reply;
    const outcome = textOf(kind);
    if (outcome === 'absent')
      throw complaint ?? unavailable('the content was removed meanwhile: put it again');
    const stored = change === undefined ? null : presentBytes(change);
    await Promise.all([
      this.#settle(request, claim, outcome, stored),
      this.#release(record, shard, releases.map(bytesOf)),
    ]);
    const result = this.#result(record, textOf(epoch), outcome, stored, durability);
    return { result, grown: outcome === 'committed' ? shard : null };
  }

  /** Runs the script, after adopting the shard where its server is another than before. */
  async #step(
    record: SpaceRecord,
    shard: number,
    request: ChangeRequest,
    claim: Uint8Array,
    contentIsThere: boolean,
  ): Promise<{ readonly reply: readonly unknown[]; readonly durability: Durability }> {
    const { router, keys, limits, directory, now } = this.#parts;
    const of = keys.shard(record.space, shard);
    const args: Word[] = [
      request.item,
      hashToBytes(request.dataHash),
      digestOf(request),
      claim,
      contentIsThere ? '1' : '0',
      conditionWord(request.condition),
      limits.logRetention,
      encodeBody(request, shard),
      of.channel,
      `${shard} ${record.space}`,
    ];
    for (let attempt = 0; attempt < ADOPTIONS; attempt++) {
      const { reply, durability } = await router.run({
        script: COMMIT,
        keys: [of.state, of.heads, of.live, of.log, of.releases],
        args: [...args, 0, now()],
        countAt: args.length,
      });
      const list = listOf(reply);
      if (textOf(list[0]) !== 'boot') return { reply: list, durability };
      await directory.adopt(record, shard);
    }
    throw unavailable('the shard changed its server again and again');
  }

  /** The claim holds if the head has it, and else comes to nothing. What fails here heals by itself. */
  async #settle(
    request: ChangeRequest,
    claim: ReturnType<Claims['newClaim']>,
    outcome: string,
    stored: Uint8Array | null,
  ): Promise<void> {
    const { claims } = this.#parts;
    const { dataHash: hash } = request;
    if (hash === null) return;
    const mine = stored !== null && Buffer.compare(claimOf(stored), claim.word) === 0;
    await this.#heals(mine ? claims.confirm(hash, claim) : claims.drop(hash, claim));
    if (!mine && outcome === 'unchanged' && stored !== null)
      await this.#heals(claims.renew(hash, { ...claim, word: claimOf(stored) }));
  }

  async #release({ space }: SpaceRecord, shard: number, releases: readonly Uint8Array[]): Promise<void> {
    if (releases.length === 0) return;
    const { router, keys, claims } = this.#parts;
    const work = releases.map((release) => {
      const hash = dataHash(Buffer.from(release.subarray(16, 48)).toString('hex'));
      const item = itemId(Buffer.from(release.subarray(48)).toString('utf8'));
      return claims.release(hash, { word: release.subarray(0, 16), place: { space, shard, item } });
    });
    const forget = async (): Promise<void> => {
      await Promise.all(work);
      await router.run({ script: RELEASED, keys: [keys.shard(space, shard).releases], args: releases });
    };
    await this.#heals(forget());
  }

  async #heals(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (thrown) {
      this.#parts.observer.fault(ForesyncError.from(thrown));
    }
  }

  #result(
    { space }: SpaceRecord,
    epoch: string,
    outcome: string,
    stored: Uint8Array | null,
    durability: Durability,
  ): CommitResult {
    const change = stored === null ? null : decodeStored(space, epoch, stored);
    if (outcome !== 'conflict' && change !== null) return { kind: 'committed', change, durability };
    return { kind: 'conflict', current: change?.head ?? null };
  }
}

function conditionWord(condition: WriteCondition): Word {
  return condition.kind === 'matches' ? hashToBytes(condition.dataHash) : condition.kind;
}

/** null for the empty word that stands for no change. */
function presentBytes(change: unknown): Uint8Array | null {
  const bytes = bytesOf(change);
  return bytes.length === 0 ? null : bytes;
}
