import type { JWTPayload } from 'jose';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { ForesyncError } from '../../domain/errors.js';
import type { Grant, Identity } from '../../domain/identity.js';
import type { DeviceId, Pseudonym, SpaceId, UserId } from '../../domain/ids.js';
import { deviceId, spaceId, userId } from '../../domain/ids.js';
import { pseudonymOf } from './server-key.js';

/** How users are named behind the edge. */
export interface Naming {
  readonly pseudonymKey: Uint8Array;
  /** Instead of a keyed hash: for the test that shows what would be seen without one. */
  readonly pseudonymOf?: (user: UserId) => Pseudonym;
}

/**
 * The identity that a verified token's claims name: `sub` (user), `device` (absent for a backend) and `spaces`
 * ({"<space>": "read" | "write"}); `privacy` (a backend that may export and forget users). Throws UNAUTHENTICATED naming the claim that cannot be.
 */
export function identityOf(payload: JWTPayload, keys: Naming & { readonly leewayMs: number }): Identity {
  const user = userId(idClaim('sub', payload.sub));
  return {
    user: keys.pseudonymOf?.(user) ?? pseudonymOf(keys.pseudonymKey, user),
    device: deviceOf(payload['device']),
    grants: grantsOf(payload['spaces']),
    ...privacyOf(payload['privacy'], payload['device'] === undefined),
    // jwtVerify demanded `exp`. What holds a leeway when a stream opens holds it while the stream lives.
    // Seconds may have a fraction, milliseconds here have none.
    expiresMs: Math.min(Math.floor((payload.exp ?? 0) * 1000) + keys.leewayMs, Number.MAX_SAFE_INTEGER),
  };
}

function deviceOf(claim: unknown): DeviceId | null {
  return claim === undefined ? null : deviceId(idClaim('device', claim));
}

/** A device's token speaks for its user alone, whatever it claims. */
function privacyOf(claim: unknown, isBackend: boolean): Pick<Identity, 'privacy'> {
  if (claim !== undefined && typeof claim !== 'boolean') throw wrong('privacy', 'is neither true nor false');
  return claim === true && isBackend ? { privacy: true } : {};
}

function grantsOf(claim: unknown): ReadonlyMap<SpaceId, Grant> {
  if (typeof claim !== 'object' || claim === null || Array.isArray(claim)) {
    throw wrong('spaces', 'is not an object of grants');
  }
  // Entries into a Map: a space may be called __proto__.
  return new Map(
    Object.entries(claim).map(([space, grant]) => [spaceId(idClaim('spaces', space)), grantOf(grant)]),
  );
}

function grantOf(claim: unknown): Grant {
  if (claim === 'read' || claim === 'write') return claim;
  throw wrong('spaces', 'grants something else than read or write');
}

function idClaim(name: string, claim: unknown): string {
  if (typeof claim !== 'string' || claim === '') throw wrong(name, 'is not a text, or empty');
  const bytes = Buffer.from(claim, 'utf8');
  if (bytes.length > PROTOCOL_LIMITS.idBytes) {
    throw wrong(name, `is longer than ${PROTOCOL_LIMITS.idBytes} bytes`);
  }
  // A lone surrogate does not survive the way to UTF-8 and back.
  if (bytes.toString('utf8') !== claim) throw wrong(name, 'is not well-formed text');
  return claim;
}

function wrong(claim: string, problem: string): ForesyncError {
  return new ForesyncError('UNAUTHENTICATED', `the claim ${claim} ${problem}`, { facts: { reason: claim } });
}
