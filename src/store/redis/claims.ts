import type { DataHash, SpaceId } from '../../domain/ids.js';
import { itemId, spaceId } from '../../domain/ids.js';
import type { ItemId } from '../../domain/ids.js';
import type { ChangeRequest } from '../../domain/store-port.js';
import { corrupt } from '../failures.js';
import type { Keys } from './keys.js';
import { CLAIM, CONFIRM, DROP_CLAIM, RELEASE, RENEW } from './lua/blob.js';
import { wholeOf } from './replies.js';
import type { Router } from './router.js';

/** A head's claim on a content: a random word, and where the head is. */
export interface Claim {
  readonly word: Uint8Array;
  readonly place: ClaimPlace;
}

export interface ClaimPlace {
  readonly space: SpaceId;
  readonly shard: number;
  readonly item: ItemId;
}

export interface ClaimsParts {
  readonly router: Router;
  readonly keys: Keys;
  readonly graceMs: number;
  readonly now: () => number;
  readonly randomBytes: (size: number) => Uint8Array;
}

/** Claims of heads on contents, which are in other slots. Each step can be repeated. */
export class Claims {
  readonly #parts: ClaimsParts;

  constructor(parts: ClaimsParts) {
    this.#parts = parts;
  }

  newClaim({ space, item }: ChangeRequest, shard: number): Claim {
    return { word: this.#parts.randomBytes(16), place: { space, shard, item } };
  }

  /** The size of a content that is there, and from now on stays as long as the claim is pending; null if it is not there. */
  async claim(hash: DataHash, claim: Claim): Promise<number | null> {
    return this.#look(hash, pendingOf(claim));
  }

  /** As `claim`, without one. */
  async look(hash: DataHash): Promise<number | null> {
    return this.#look(hash, '');
  }

  async confirm(hash: DataHash, claim: Claim): Promise<void> {
    const { router, keys } = this.#parts;
    const { meta, claims, garbage } = keys.blob(hash);
    const args = [hash, claim.word, pendingOf(claim)];
    await router.run({ script: CONFIRM, keys: [meta, claims, garbage], args });
  }

  async drop(hash: DataHash, claim: Claim): Promise<void> {
    const { router, keys } = this.#parts;
    await router.run({ script: DROP_CLAIM, keys: [keys.blob(hash).claims], args: [pendingOf(claim)] });
  }

  /** A claim that a head has, and that is nowhere: the content was lost and put again. */
  async renew(hash: DataHash, claim: Claim): Promise<void> {
    const { router, keys, now } = this.#parts;
    const args = [claim.word, pendingOf(claim), now()];
    await router.run({ script: RENEW, keys: [keys.blob(hash).claims], args });
  }

  async release(hash: DataHash, claim: Claim): Promise<void> {
    const { router, keys, now } = this.#parts;
    const { meta, claims, garbage } = keys.blob(hash);
    const args = [hash, claim.word, now(), pendingOf(claim)];
    await router.run({ script: RELEASE, keys: [meta, claims, garbage], args });
  }

  async #look(hash: DataHash, pending: Uint8Array | ''): Promise<number | null> {
    const { router, keys, now, graceMs } = this.#parts;
    const { meta, claims } = keys.blob(hash);
    const { reply } = await router.run({
      script: CLAIM,
      keys: [meta, claims],
      args: [now(), graceMs, pending],
    });
    return reply === null ? null : wholeOf(reply);
  }
}

/** A pending claim as it is kept: the word, then where the head is. */
function pendingOf({ word, place: { space, shard, item } }: Claim): Uint8Array {
  return Buffer.concat([word, Buffer.from(JSON.stringify([space, shard, item]), 'utf8')]);
}

/** Throws STORE_CORRUPT. */
export function readPending(bytes: Uint8Array): Claim {
  try {
    const [space, shard, item] = JSON.parse(Buffer.from(bytes.subarray(16)).toString('utf8')) as unknown[];
    const place = { space: spaceId(String(space)), shard: Number(shard), item: itemId(String(item)) };
    return { word: bytes.subarray(0, 16), place };
  } catch (cause) {
    throw corrupt('a claim', cause);
  }
}
