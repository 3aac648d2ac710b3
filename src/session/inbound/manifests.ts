import type { Sha256 } from '@foresync/protocol/digest';
import { ForesyncError } from '../../domain/errors.js';
import type { SpaceId } from '../../domain/ids.js';
import type { ManifestPart } from '../../domain/session-port.js';
import type { FollowedSpace } from '../device/followed-space.js';
import { deviceKey } from '../device-key.js';
import { ManifestIntake } from './manifest-intake.js';
import type { Presence } from '../presence.js';
import type { Strikes } from './strikes.js';

/** A device whose digest and manifest disagree this often in a row is not asked again. */
const MAX_STRIKES = 3;

export interface ManifestsDeps {
  readonly sha256: Sha256;
  readonly strikes: Strikes;
  /** Entries of one manifest. */
  readonly max: number;
}

/** Takes in the manifests that a session asked for. */
export class Manifests {
  readonly #presence: Presence;
  readonly #deps: ManifestsDeps;
  readonly #intakes = new Map<SpaceId, ManifestIntake>();

  constructor(presence: Presence, deps: ManifestsDeps) {
    this.#presence = presence;
    this.#deps = deps;
  }

  /** Takes one part; the last one lets the space catch up. Throws FIELD_INVALID for a manifest that nobody asked for. */
  take(part: ManifestPart): void {
    const home = this.#presence.followed.get(part.space);
    if (home?.state !== 'comparing') throw notAsked(part.space);
    const intake =
      this.#intakes.get(part.space) ?? new ManifestIntake(home, this.#deps.sha256, this.#deps.max);
    this.#intakes.set(part.space, intake);
    intake.take(part);
    if (part.last) this.#complete(home, intake);
  }

  #complete(home: FollowedSpace, intake: ManifestIntake): void {
    this.#intakes.delete(home.live.space);
    const device = `${deviceKey(home)} ${home.live.space}`;
    const agrees = intake.agrees(this.#presence.hello);
    if (agrees) this.#deps.strikes.clear(device);
    if (agrees || this.#deps.strikes.strike(device) < MAX_STRIKES) home.manifestComplete();
    else this.#presence.fail(disagrees());
  }
}

function notAsked(space: SpaceId): ForesyncError {
  const facts = { space };
  return new ForesyncError('FIELD_INVALID', 'manifest is of a space that it was not asked for', {
    field: 'manifest.space',
    facts,
  });
}

function disagrees(): ForesyncError {
  const text = `hello.digests was not the digest of the manifest sent after it, ${MAX_STRIKES} times in a row`;
  return new ForesyncError('FIELD_INVALID', text, {
    field: 'hello.digests',
    facts: { limit: String(MAX_STRIKES) },
  });
}
