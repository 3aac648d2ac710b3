import { createHmac } from 'node:crypto';
import type { Pseudonym } from '../domain/ids.js';
import type { Welcome } from '../domain/session-port.js';
import type { Judgement } from './hello.js';
import type { Presence } from './presence.js';
import type { SessionSettings } from './settings.js';
import type { Lease } from './space/spaces.js';

/** What a Welcome is made of, besides the session itself. */
export interface WelcomeParts {
  readonly leases: readonly Lease[];
  /** Of each lease. */
  readonly judgements: readonly Judgement[];
  readonly activitySequence: number;
  readonly nowMs: number;
  readonly settings: SessionSettings;
  /** Makes the users' keys of query buckets. */
  readonly key: Uint8Array;
}

/** How a session begins, as the device is told. */
export function welcome({ id, user }: Presence, parts: WelcomeParts): Welcome {
  const { leases, judgements, activitySequence, nowMs, settings, key } = parts;
  return {
    sessionId: id,
    queryKey: queryKey(key, user),
    verdicts: leases.map(({ live }, index) => ({
      space: live.space,
      verdict: judgements[index]?.verdict ?? 'send-manifest',
    })),
    activitySequence,
    serverTimeMs: nowMs,
    heartbeatIntervalMs: settings.heartbeatMs,
    limits: settings.limits,
  };
}

/** The key of a user's query buckets: the same on all devices of the user, and of no use for another one. */
function queryKey(key: Uint8Array, user: Pseudonym): Uint8Array {
  return createHmac('sha256', key).update(`foresync query key ${user}`).digest();
}
