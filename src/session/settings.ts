import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { Welcome } from '../domain/session-port.js';
import type { OutboxLimits } from '../outbox/limits.js';
import { OUTBOX_LIMITS } from '../outbox/limits.js';
import type { DeltaRules } from '../sync/delta.js';
import { DELTA_RULES } from '../sync/delta.js';

/** What can be set about sessions. Times in ms, sizes in bytes. */
export interface SessionSettings {
  /** Sessions of this node, open or opening; beyond it OVERLOADED. */
  readonly maxSessions: number;
  /** Sessions that open at the same time; beyond it OVERLOADED, so that a storm of reconnects is spread. */
  readonly maxOpening: number;
  /** Contents that one device may hold in one space. */
  readonly maxManifestEntries: number;
  /** Contents that the devices of all sessions may hold; beyond it OVERLOADED. About 250 bytes of memory each. */
  readonly maxHeld: number;
  /** Both sides speak at least this often; silence of twice that ends the session. */
  readonly heartbeatMs: number;
  /** Positions that moved while nothing else is to be said are told after this. */
  readonly positionIdleMs: number;
  /** Longest wait until what a session learned is in the store. */
  readonly writeBehindMs: number;
  /** Longest wait for the goodbye of a session to be taken by its transport. */
  readonly goodbyeMs: number;
  /** Mean of what a goodbye or refusal tells to wait before coming back; each gets half to one and a half of it. */
  readonly retryAfterMs: number;
  /** How often a tail looks at its log without being woken: wake-ups may get lost. */
  readonly pollMs: number;
  /** How often what other nodes applied is read, where there are others. */
  readonly feedPollMs: number;
  /** Changes that are read at a time. */
  readonly logPage: number;
  /** Contents that are compared with their heads at a time; at most 2,048. */
  readonly comparePage: number;
  /** Sessions that catch up at the same time; the others take turns. */
  readonly catchUpWorkers: number;
  /** Spaces without sessions that stay open for the next one; beyond it the one that was left longest ago is closed. */
  readonly maxIdleSpaces: number;
  readonly outbox: OutboxLimits;
  /** null = contents are always sent whole. */
  readonly deltas: DeltaRules | null;
  /** What Welcome says about limits. */
  readonly limits: Welcome['limits'];
}

export const SESSION_SETTINGS: SessionSettings = {
  maxSessions: 20_000,
  maxOpening: 256,
  maxManifestEntries: 100_000,
  maxHeld: 4_000_000,
  heartbeatMs: 30_000,
  positionIdleMs: 2_000,
  writeBehindMs: 1_000,
  goodbyeMs: 5_000,
  retryAfterMs: 5_000,
  pollMs: 10_000,
  feedPollMs: 500,
  logPage: 512,
  comparePage: 2048,
  catchUpWorkers: 4,
  maxIdleSpaces: 64,
  outbox: OUTBOX_LIMITS,
  deltas: DELTA_RULES,
  limits: {
    activityBatchBytes: PROTOCOL_LIMITS.activityBatchBytes,
    chunkBytes: PROTOCOL_LIMITS.chunkBytes,
    itemBytes: PROTOCOL_LIMITS.itemBytes,
    frameBytes: PROTOCOL_LIMITS.frameBytes,
  },
};
