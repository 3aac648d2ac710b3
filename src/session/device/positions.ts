import type { Clock } from '../../domain/clock.js';
import type { Position } from '../../domain/position.js';
import type { ServerEventBody } from '../../domain/session-port.js';
import type { Owes } from '../../outbox/deliveries.js';
import type { FollowedSpace } from './followed-space.js';
import type { ResumeTokens, TokenOwner } from '../resume-token.js';

/**
 * What a session claims about positions: "every change up to here was delivered or invalidated before". A space about
 * which something is still to be told or compared, or that waits for a manifest, claims nothing new. Positions never go back.
 */
export class Positions {
  readonly #owner: TokenOwner & { readonly era: number };
  readonly #tokens: ResumeTokens;
  readonly #clock: Clock;
  /** What was claimed last, by space and shard. */
  readonly #claimed = new Map<FollowedSpace, number[]>();
  /** How far the tail was when the space claimed last. */
  readonly #moves = new Map<FollowedSpace, number>();

  constructor(owner: TokenOwner & { readonly era: number }, tokens: ResumeTokens, clock: Clock) {
    this.#owner = owner;
    this.#tokens = tokens;
    this.#clock = clock;
  }

  /** What the device came with: not told again. */
  known(followed: FollowedSpace): void {
    this.#claimed.set(
      followed,
      followed.live.tail.positions.map((_, shard) => followed.told(shard)),
    );
    this.#moves.set(followed, followed.live.tail.moves);
  }

  /** Whether some space may have moved since it claimed last. */
  stale(spaces: Iterable<FollowedSpace>): boolean {
    for (const followed of spaces)
      if (followed.state === 'live' && this.#moves.get(followed) !== followed.live.tail.moves) return true;
    return false;
  }

  /** The position event that may be sent now; null if nothing moved. */
  claim(spaces: Iterable<FollowedSpace>, owes: Owes): ServerEventBody | null {
    const moved: Position[] = [];
    const all: Position[] = [];
    for (const followed of spaces) {
      if (!owes(followed.live.space)) moved.push(...this.#advance(followed));
      all.push(...this.#positions(followed));
    }
    if (moved.length === 0) return null;
    const { era } = this.#owner;
    const issuedMs = this.#clock.now();
    const resumeToken = this.#tokens.issue(this.#owner, { positions: all, era, issuedMs });
    return { kind: 'position', positions: moved, resumeToken };
  }

  #advance(followed: FollowedSpace): readonly Position[] {
    const isKnown = followed.state === 'live' || followed.state === 'catching-up';
    if (!isKnown || followed.uncompared.length > 0) return [];
    const before = this.#claimed.get(followed);
    this.known(followed);
    return this.#positions(followed).filter(({ shard, offset }) => offset !== before?.[shard]);
  }

  #positions(followed: FollowedSpace): readonly Position[] {
    const { space, tail } = followed.live;
    return (this.#claimed.get(followed) ?? []).map((offset, shard) => ({
      space,
      shard,
      epoch: tail.positions[shard]?.epoch ?? '',
      offset,
    }));
  }
}
