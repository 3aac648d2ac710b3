import type { ActivityBatch } from './activity.js';
import type { Checkpoint, Durability, Reason } from './checkpoint.js';
import type { ForesyncError } from './errors.js';
import type { DataHash, DeviceId, ItemId, SessionId, SpaceId } from './ids.js';
import type { Identity } from './identity.js';
import type { Position } from './position.js';

/** The seam between rpc/ (the wire) and session/ (one device's session): checked domain events, no wire types. */
export interface SessionGate {
  /** Opens a session, taking over one that the same device may have. Throws RESUME_TOKEN_FOREIGN, SPACE_FORBIDDEN, SPACE_UNKNOWN, OVERLOADED, SHUTTING_DOWN. */
  open(identity: Identity & { readonly device: DeviceId }, hello: Hello): Promise<OpenSession>;
  /** The live session of this id if it belongs to the identity's device: a browser's upstream half. */
  find(identity: Identity, session: SessionId): OpenSession | undefined;
}

export interface OpenSession {
  readonly id: SessionId;
  /** Whether what the device says still counts: not once the session ends, for whatever reason. */
  readonly open: boolean;
  /** Activities of the device that are durable. */
  readonly durable: DurableActivities;
  /**
   * Handles one event, in order; resolves when the next may be handed in, so that a slow session slows its
   * sender. A refused event becomes a Refusal or an error Answer; a throw ends the session with that error.
   */
  receive(event: ClientEvent): Promise<void>;
  /**
   * What to send, a frame at a time, composed when asked for: the writer asks for the next one only after the
   * transport has drained. Ends after a goodbye. Asked for by one reader only.
   */
  frames(): AsyncIterable<readonly ServerEvent[]>;
  /** The transport has not drained for too long, or the stream broke, or the device left. Idempotent. */
  end(why: SessionEnd): void;
}

export interface DurableActivities {
  /** Every batch up to this one. */
  readonly sequence: number;
  /** How safely; null until a batch of this session was applied. */
  readonly durability: Durability | null;
}

export type SessionEnd =
  | { readonly kind: 'left' }
  | { readonly kind: 'broken'; readonly error: ForesyncError }
  | { readonly kind: 'stalled' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'token-expired' }
  | { readonly kind: 'taken-over' }
  | { readonly kind: 'shutdown' }
  | { readonly kind: 'forgotten' };

export interface Hello {
  readonly resumeToken: Uint8Array;
  readonly spaces: readonly SpaceId[];
  readonly digests: ReadonlyMap<SpaceId, { readonly digest: Uint8Array; readonly count: number }>;
  readonly budget: PushBudget;
  readonly locationPermitted: boolean;
  readonly clientVersion: string;
}

/** 0 and false mean: no limit of the device's own. */
export interface PushBudget {
  readonly bytesPerHour: number;
  readonly maxInFlight: number;
  readonly maxInFlightBytes: number;
  readonly metadataOnly: boolean;
  readonly paused: boolean;
}

export type ClientEvent =
  | { readonly kind: 'hello' }
  | { readonly kind: 'activities'; readonly batch: ActivityBatch }
  | { readonly kind: 'ack'; readonly ack: Ack }
  | { readonly kind: 'request'; readonly request: ContentRequest }
  | { readonly kind: 'manifest'; readonly part: ManifestPart }
  | { readonly kind: 'heartbeat'; readonly nonce: number; readonly echo: number }
  | { readonly kind: 'budget'; readonly budget: PushBudget }
  /** The decoder refused an event that need not end the session. */
  | {
      readonly kind: 'refused';
      readonly activitySequence: number;
      readonly requestId: number;
      readonly error: ForesyncError;
    };

export interface Ack {
  readonly delivery: number;
  readonly opened: readonly (HeldContent & { readonly zeroWait: boolean })[];
  readonly held: readonly HeldContent[];
  readonly evicted: readonly HeldContent[];
  readonly rejected: readonly number[];
}

export interface HeldContent {
  readonly space: SpaceId;
  readonly item: ItemId;
  readonly dataHash: DataHash;
}

export interface ContentRequest {
  readonly requestId: number;
  readonly space: SpaceId;
  readonly item: ItemId;
  /** What the device holds of the item: its latest checkpoint (SPEC L4). */
  readonly latest: {
    readonly dataHash: DataHash;
    readonly version: number;
    readonly timestampMs: number;
  } | null;
}

export interface ManifestPart {
  readonly space: SpaceId;
  readonly entries: readonly { readonly item: ItemId; readonly dataHash: DataHash }[];
  readonly last: boolean;
}

export type ServerEvent = { readonly delivery: number } & ServerEventBody;

export type ServerEventBody =
  | { readonly kind: 'welcome'; readonly welcome: Welcome }
  | { readonly kind: 'activity-ack'; readonly sequence: number; readonly durability: Durability }
  | { readonly kind: 'push'; readonly push: Push }
  | { readonly kind: 'chunk'; readonly chunk: Chunk }
  | {
      readonly kind: 'invalidation';
      readonly space: SpaceId;
      readonly item: ItemId;
      readonly version: number;
      readonly dataHash: DataHash | null;
    }
  | { readonly kind: 'position'; readonly positions: readonly Position[]; readonly resumeToken: Uint8Array }
  | { readonly kind: 'answer'; readonly requestId: number; readonly answer: Answer }
  | {
      readonly kind: 'heartbeat';
      readonly nonce: number;
      readonly echo: number;
      readonly timeMs: number;
      readonly tokenExpiresInMs: number;
    }
  | {
      readonly kind: 'goodbye';
      readonly reason: SessionEnd['kind'];
      readonly retryAfterMs: number;
      readonly message: string;
    }
  | { readonly kind: 'refusal'; readonly activitySequence: number; readonly error: ForesyncError };

export interface Welcome {
  readonly sessionId: SessionId;
  readonly queryKey: Uint8Array;
  readonly verdicts: readonly { readonly space: SpaceId; readonly verdict: Verdict }[];
  readonly activitySequence: number;
  readonly serverTimeMs: number;
  readonly heartbeatIntervalMs: number;
  readonly limits: {
    readonly activityBatchBytes: number;
    readonly chunkBytes: number;
    readonly itemBytes: number;
    readonly frameBytes: number;
  };
}

export type Verdict = 'resume' | 'send-manifest' | 'anew' | 'wipe';

export type Answer =
  | { readonly kind: 'found'; readonly push: Push }
  | { readonly kind: 'not-modified'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'error'; readonly error: ForesyncError };

export interface Push {
  readonly checkpoint: Checkpoint;
  readonly body: PushBody;
  readonly reasons: readonly Reason[];
}

export type PushBody =
  | { readonly kind: 'metadata' }
  | { readonly kind: 'inline'; readonly bytes: Uint8Array; readonly base: DataHash | null }
  | {
      readonly kind: 'chunked';
      readonly transfer: number;
      readonly encodedBytes: number;
      readonly base: DataHash | null;
    };

export interface Chunk {
  readonly transfer: number;
  readonly offset: number;
  readonly data: Uint8Array;
  readonly last: boolean;
  readonly cancelled: boolean;
}
