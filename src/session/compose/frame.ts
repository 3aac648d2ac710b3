import { checkpointOf } from '../../content/checkpoint-of.js';
import type { Checkpoint } from '../../domain/checkpoint.js';
import { ForesyncError } from '../../domain/errors.js';
import type { ItemId, SpaceId } from '../../domain/ids.js';
import type { Head } from '../../domain/item.js';
import type { Store, UserStore } from '../../domain/store-port.js';
import type { Doubt } from '../../outbox/doubts.js';
import type { Drawn } from '../../outbox/drawn.js';
import type { Outbox } from '../../outbox/outbox.js';
import type { BodyRules } from './content-body.js';
import type { FollowedSpace } from '../device/followed-space.js';
import { Heads } from './heads.js';
import type { Tally } from '../device/tally.js';

/** What a session composes from. */
export interface ComposeDeps {
  readonly store: Pick<Store, 'spaces' | 'blobs'> & { readonly users: Pick<UserStore, 'checkpoints'> };
  readonly outbox: Outbox;
  readonly followed: ReadonlyMap<SpaceId, FollowedSpace>;
  readonly tally: Tally;
  readonly rules: BodyRules;
}

/** What one frame is composed from: heads as they are now, and the user's context as it is now. */
export class Frame {
  readonly deps: ComposeDeps;
  readonly heads: Heads;
  /** Of each item to be compared: the reason for distrust when heads were read, so that a later one is not settled. */
  readonly #reasons = new Map<Doubt, number>();
  readonly #contexts = new Map<FollowedSpace, string>();

  private constructor(deps: ComposeDeps) {
    this.deps = deps;
    this.heads = new Heads(deps.store.spaces);
  }

  /** Reads the heads of whatever was drawn, and of what those items depend on. */
  static async of(deps: ComposeDeps, drawn: readonly Drawn[]): Promise<Frame> {
    const frame = new Frame(deps);
    for (const entry of drawn) if (entry.kind === 'doubt') frame.#noteReason(entry.doubt);
    const wanted = drawn.flatMap((entry) => subject(entry) ?? []);
    for (const space of new Set(wanted.map((one) => one.space))) {
      const here = wanted.filter((one) => one.space === space);
      const items = here.map(({ item }) => item);
      await frame.heads.load(space, items);
      const edges = here.flatMap((one) => (one.sent ? (frame.heads.get(space, one.item)?.edges ?? []) : []));
      await frame.heads.load(
        space,
        edges.map(({ item }) => item),
      );
    }
    return frame;
  }

  reason(doubt: Doubt): number {
    return this.#reasons.get(doubt) ?? 0;
  }

  /** The checkpoint of an item that exists, for this user; it is kept in the store too, a little later. */
  async checkpoint(followed: FollowedSpace, head: Head, score: number): Promise<Checkpoint> {
    const { space } = followed.live;
    const checkpoint = checkpointOf(space, head, {
      dependencyHashes: this.heads.dependencies(space, head.edges),
      userContext: await this.#context(followed),
      predictionScore: Math.min(1, score),
    });
    followed.ledger.checkpoint(checkpoint);
    return checkpoint;
  }

  /** The last score of an item for this user: what the node remembers, else what the store kept, else 0. */
  async lastScore({ live, user }: FollowedSpace, item: ItemId): Promise<number> {
    const remembered = live.heart.score(user, item);
    if (remembered !== undefined) return remembered;
    try {
      const [kept] = await this.deps.store.users.checkpoints(user, live.space, [item]);
      return kept?.predictionScore ?? 0;
    } catch (thrown) {
      // An answer does not fail for want of a score.
      if (ForesyncError.from(thrown).code === 'STORE_CORRUPT') return 0;
      throw thrown;
    }
  }

  #noteReason(doubt: Doubt): void {
    const reason = this.deps.followed.get(doubt.space)?.ledger.held.reason(doubt.item);
    if (reason !== undefined && reason > 0) this.#reasons.set(doubt, reason);
  }

  async #context(followed: FollowedSpace): Promise<string> {
    const known = this.#contexts.get(followed) ?? (await followed.live.heart.userContext(followed.user));
    this.#contexts.set(followed, known);
    return known;
  }
}

interface Subject {
  readonly space: SpaceId;
  readonly item: Head['item'];
  /** Its checkpoint may be sent, so what it depends on matters. */
  readonly sent: boolean;
}

function subject(entry: Drawn): Subject | null {
  switch (entry.kind) {
    case 'reply':
    case 'chunk':
      return null;
    case 'asked':
      return { space: entry.request.space, item: entry.request.item, sent: true };
    case 'doubt':
      return { space: entry.doubt.space, item: entry.doubt.item, sent: false };
    case 'metadata':
      return { space: entry.note.space, item: entry.note.content.item, sent: true };
    case 'planned':
      return { space: entry.parcel.space, item: entry.parcel.item, sent: true };
  }
}
