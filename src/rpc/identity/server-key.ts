import { createHmac, hkdfSync } from 'node:crypto';
import type { Pseudonym, UserId } from '../../domain/ids.js';
import { pseudonym } from '../../domain/ids.js';

/** Keys for one purpose each, all from the one secret that a deployment keeps: none tells anything of another. */
export interface DerivedKeys {
  readonly pseudonym: Uint8Array;
  /** Makes each user's key of query buckets. */
  readonly query: Uint8Array;
  /** Authenticates resume tokens. */
  readonly resume: Uint8Array;
}

/** Every node of a deployment derives the same keys from the same server key. */
export function deriveKeys(serverKey: Uint8Array): DerivedKeys {
  const derive = (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', serverKey, '', `foresync ${purpose}`, 32));
  return { pseudonym: derive('pseudonym'), query: derive('query'), resume: derive('resume') };
}

/** The only name of a user behind the edge: 128 bits of a keyed hash, as 32 hex digits. */
export function pseudonymOf(key: Uint8Array, user: UserId): Pseudonym {
  return pseudonym(createHmac('sha256', key).update(user, 'utf8').digest('hex').slice(0, 32));
}
