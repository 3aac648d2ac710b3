import type { Activity } from '../activity.js';
import type { Checkpoint } from '../checkpoint.js';
import type { Foresync } from '../client.js';
import type { ConnectionState } from '../connection-state.js';
import type { WriteOptions } from '../content-verbs.js';
import type { ErrorCode, ErrorDetails } from '../errors.js';
import type { ForesyncEvent } from '../events.js';
import type { PushBudget } from '../options.js';
import type { RankOptions } from '../ranking.js';

/** What the tabs of one device tell each other. Structured clones: no class survives, so errors travel as facts. */
export type TabMessage =
  /** A tab is new, or does not know who leads. */
  | { readonly kind: 'join' }
  /** This tab leads: what it follows, how it stands, what it holds. Whoever waits for an answer asks again. */
  | {
      readonly kind: 'leads';
      readonly leader: string;
      readonly spaces: readonly string[];
      readonly picture: Picture;
      readonly held: readonly Held[];
    }
  | {
      readonly kind: 'call';
      readonly leader: string;
      readonly from: string;
      readonly id: number;
      readonly call: TabCall;
    }
  | { readonly kind: 'answer'; readonly to: string; readonly id: number; readonly outcome: Outcome }
  | { readonly kind: 'event'; readonly event: ForesyncEvent; readonly error: WireError | null }
  | { readonly kind: 'held'; readonly space: string; readonly item: string; readonly held: Held | null }
  | { readonly kind: 'picture'; readonly picture: Picture };

/** What one tab has another one do. */
export type TabCall =
  | { readonly verb: 'report'; readonly activity: Activity }
  | { readonly verb: 'flush'; readonly timeoutMs: number | undefined }
  | {
      readonly verb: 'open';
      readonly space: string;
      readonly item: string;
      readonly timeoutMs: number | undefined;
    }
  | {
      readonly verb: 'write';
      readonly space: string;
      readonly item: string;
      readonly content: Uint8Array;
      readonly options: Omit<WriteOptions, 'signal'>;
    }
  | {
      readonly verb: 'remove';
      readonly space: string;
      readonly item: string;
      readonly options: Omit<WriteOptions, 'signal'>;
    }
  | { readonly verb: 'rank'; readonly space: string; readonly options: RankOptions }
  | { readonly verb: 'budget'; readonly budget: PushBudget };

export interface Picture {
  readonly state: ConnectionState;
  /** Why the connection stopped; null unless it did. */
  readonly error: WireError | null;
  readonly stats: Foresync['stats'];
}

export interface Held {
  readonly checkpoint: Checkpoint;
  readonly stale: boolean;
}

export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: WireError };

export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Omit<ErrorDetails, 'cause'>;
}
