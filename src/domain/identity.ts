import type { DeviceId, Pseudonym, SpaceId } from './ids.js';

/** What a verified token says, behind the edge: the user id is already a pseudonym. */
export interface Identity {
  readonly user: Pseudonym;
  /** null for a backend's token: it may write and read content, never open a session. */
  readonly device: DeviceId | null;
  readonly grants: ReadonlyMap<SpaceId, Grant>;
  /** Whether it may export and forget any user; only of a backend's token. Everybody may theirs. */
  readonly privacy?: boolean;
  /** Expiry of the token, ms since the epoch. */
  readonly expiresMs: number;
}

export type Grant = 'read' | 'write';
