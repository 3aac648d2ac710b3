import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { PushBudget as WireBudget } from '@foresync/protocol';
import type { BackoffRules } from './backoff.js';
import { BACKOFF_RULES } from './backoff.js';
import { fieldInvalid } from './errors.js';
import { checkedId } from './ids.js';
import type { Ranking } from './ranking.js';
import { NO_RANKING } from './ranking.js';
import type { Token } from './token-source.js';

/** What every client is connected with, wherever it runs. */
export interface ClientOptions {
  /** The device's bearer token; a function is asked again before it expires and when it is refused. */
  readonly token: Token;
  /** Spaces to follow, 1 to 64. */
  readonly spaces: readonly string[];
  /** What may be pushed unasked; no cap of the device's own if left out. */
  readonly budget?: PushBudget | undefined;
  /** Whether activities may carry a cell of about 39 × 20 km of where they were done; no if left out. */
  readonly locationPermitted?: boolean | undefined;
  /**
   * Resolve at once, with what the device holds, and connect in the background. Else `connect` resolves when the first
   * session is open and caught up, and rejects if that takes longer than `connectTimeoutMs`.
   */
  readonly startOffline?: boolean | undefined;
  /** Default 30,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Gives up connecting, until `connect` has resolved. */
  readonly signal?: AbortSignal | undefined;
  /** How long an activity batch stays open for more, ms. Default 100. */
  readonly batchWindowMs?: number | undefined;
  /** How the waits between attempts grow. Default: anything up to 0.5 s, × 1.5 by each failure, up to 60 s. */
  readonly backoff?: Partial<BackoffRules> | undefined;
  /** Ranks what is held by what is done on this device (`ranking` of `@foresync/client/rank`); nothing is ranked if left out. */
  readonly ranking?: Ranking | undefined;
  /** Name and version of the application, for the server's logs; at most 64 bytes. */
  readonly clientName?: string | undefined;
  /** Milliseconds since the epoch, for a replay with a clock of its own. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** Caps of what is pushed; they never raise the service's own budget. 0 and left out mean: none of the device's own. */
export interface PushBudget {
  /** Bytes of unasked content an hour. */
  readonly bytesPerHour?: number | undefined;
  /** Unacknowledged pushes at a time. */
  readonly maxInFlight?: number | undefined;
  /** Unacknowledged pushed bytes at a time. */
  readonly maxInFlightBytes?: number | undefined;
  /** Checkpoints only, no content. */
  readonly metadataOnly?: boolean | undefined;
  /** Nothing unasked, except that what is held is no longer current. */
  readonly paused?: boolean | undefined;
}

/** Options with every default in place. */
export interface Settings {
  readonly token: Token;
  readonly spaces: readonly string[];
  readonly budget: WireBudget;
  readonly locationPermitted: boolean;
  readonly startOffline: boolean;
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly batchWindowMs: number;
  readonly backoff: BackoffRules;
  readonly ranking: Ranking;
  readonly clientVersion: string;
  readonly now: () => number;
}

/** Checks options and fills in defaults. Throws FIELD_INVALID. */
export function settingsOf(options: ClientOptions): Settings {
  return {
    token: options.token,
    spaces: checkedSpaces(options.spaces),
    budget: wireBudget(options.budget ?? {}),
    locationPermitted: options.locationPermitted ?? false,
    startOffline: options.startOffline ?? false,
    connectTimeoutMs: options.connectTimeoutMs ?? 30_000,
    signal: options.signal,
    batchWindowMs: options.batchWindowMs ?? 100,
    backoff: { ...BACKOFF_RULES, ...options.backoff },
    ranking: options.ranking ?? NO_RANKING,
    clientVersion: versionOf(options.clientName),
    now: options.now ?? Date.now,
  };
}

export function wireBudget(budget: PushBudget): WireBudget {
  return {
    bytesPerHour: BigInt(whole('budget.bytesPerHour', budget.bytesPerHour)),
    maxInFlight: Math.min(whole('budget.maxInFlight', budget.maxInFlight), 2 ** 32 - 1),
    maxInFlightBytes: BigInt(whole('budget.maxInFlightBytes', budget.maxInFlightBytes)),
    metadataOnly: budget.metadataOnly ?? false,
    paused: budget.paused ?? false,
  };
}

function checkedSpaces(spaces: readonly string[]): readonly string[] {
  const limit = PROTOCOL_LIMITS.spacesPerSession;
  if (spaces.length === 0) throw fieldInvalid('spaces', 'is empty');
  if (spaces.length > limit)
    throw fieldInvalid('spaces', `has ${spaces.length} entries, at most ${limit} are allowed`, limit);
  if (new Set(spaces).size < spaces.length) throw fieldInvalid('spaces', 'names a space twice');
  return spaces.map((space, index) => checkedId(`spaces[${index}]`, space));
}

function versionOf(clientName: string | undefined): string {
  const own = '@foresync/client 0.1.0';
  if (clientName === undefined) return own;
  if (new TextEncoder().encode(clientName).length > 64)
    throw fieldInvalid('clientName', 'is longer than 64 bytes', 64);
  return `${clientName} (${own})`;
}

function whole(field: string, value = 0): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw fieldInvalid(field, `is ${value}: it must be a whole number, >= 0`);
}
