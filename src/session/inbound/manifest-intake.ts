import type { Sha256 } from '@foresync/protocol/digest';
import { ForesyncError } from '../../domain/errors.js';
import type { Hello, ManifestPart } from '../../domain/session-port.js';
import { ManifestDigest } from '../../sync/manifest.js';
import type { FollowedSpace } from '../device/followed-space.js';

/**
 * The manifest of one space, as its parts come in. What the device acknowledges in between counts too: it goes into the
 * same manifest. Bounded: `max` entries.
 */
export class ManifestIntake {
  readonly #home: FollowedSpace;
  readonly #digest: ManifestDigest;
  readonly #max: number;
  readonly #entries = new Map<string, ManifestPart['entries'][number]>();

  constructor(home: FollowedSpace, sha256: Sha256, max: number) {
    this.#home = home;
    this.#digest = new ManifestDigest(sha256, home.live.space);
    this.#max = max;
  }

  /** Takes a part; an item that comes twice counts as it came last. Throws FIELD_INVALID beyond the bound. */
  take({ entries }: ManifestPart): void {
    for (const entry of entries) {
      const before = this.#entries.get(entry.item);
      if (before !== undefined) this.#digest.remove(before.item, before.dataHash);
      this.#digest.add(entry.item, entry.dataHash);
      this.#entries.set(entry.item, entry);
      this.#home.holdsNow(entry.item, entry.dataHash);
    }
    if (this.#digest.count <= this.#max) return;
    throw new ForesyncError('FIELD_INVALID', `manifest has more than ${this.#max} entries`, {
      field: 'manifest.entries',
      facts: { limit: String(this.#max) },
    });
  }

  /** Whether the parts have the digest that Hello announced. */
  agrees(hello: Hello): boolean {
    const announced = hello.digests.get(this.#home.live.space);
    return announced === undefined ? this.#digest.count === 0 : this.#digest.equals(announced);
  }
}
