import type { Hello, ManifestDigest, PushBudget } from '@foresync/protocol';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import type { SpaceId } from '../../domain/ids.js';
import { spaceId } from '../../domain/ids.js';
import type { Hello as DomainHello, PushBudget as DomainBudget } from '../../domain/session-port.js';
import { each, Fault, within } from './fault.js';
import { bytes, id, text, whole } from './fields.js';

const MAX_RESUME_TOKEN_BYTES = 16 * 1024;
const MAX_CLIENT_VERSION_BYTES = 128;

/** The opening of a session: 1 to 64 distinct spaces, and digests of those alone. */
export function hello(wire: Hello): DomainHello {
  const { budget: asked } = wire;
  const spaces = followed(wire.spaces);
  return {
    resumeToken: bytes('resume_token', wire.resumeToken, MAX_RESUME_TOKEN_BYTES),
    spaces,
    digests: digests(wire.digests, new Set(spaces)),
    budget: asked === undefined ? NO_CAPS : within('budget', () => budget(asked)),
    locationPermitted: wire.locationPermitted,
    clientVersion: text('client_version', wire.clientVersion, MAX_CLIENT_VERSION_BYTES),
  };
}

export function budget(wire: PushBudget): DomainBudget {
  return {
    bytesPerHour: whole('bytes_per_hour', wire.bytesPerHour),
    maxInFlight: wire.maxInFlight,
    maxInFlightBytes: whole('max_in_flight_bytes', wire.maxInFlightBytes),
    metadataOnly: wire.metadataOnly,
    paused: wire.paused,
  };
}

function followed(wire: readonly string[]): SpaceId[] {
  if (wire.length === 0) throw new Fault('spaces', 'is empty: a session follows at least one space');
  const seen = new Set<string>();
  return each('spaces', wire, PROTOCOL_LIMITS.spacesPerSession, (space) => {
    if (seen.has(space)) throw new Fault('', 'is named twice');
    seen.add(space);
    return spaceId(id('', space));
  });
}

function digests(wire: readonly ManifestDigest[], spaces: ReadonlySet<string>): DomainHello['digests'] {
  const entries = each('digests', wire, PROTOCOL_LIMITS.spacesPerSession, digest);
  const digestOf = new Map(entries);
  if (digestOf.size < entries.length) throw new Fault('digests', 'names a space twice');
  for (const space of digestOf.keys()) {
    if (!spaces.has(space)) throw new Fault('digests', 'names a space that is not in spaces');
  }
  return digestOf;
}

function digest(wire: ManifestDigest): [SpaceId, { digest: Uint8Array; count: number }] {
  const { hashBytes } = PROTOCOL_LIMITS;
  if (wire.digest.length !== hashBytes) {
    throw new Fault('digest', `has ${wire.digest.length} bytes, a digest has ${hashBytes}`, hashBytes);
  }
  return [spaceId(id('space', wire.space)), { digest: wire.digest, count: whole('count', wire.count) }];
}

const NO_CAPS: DomainBudget = {
  bytesPerHour: 0,
  maxInFlight: 0,
  maxInFlightBytes: 0,
  metadataOnly: false,
  paused: false,
};
