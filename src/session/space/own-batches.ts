import type { ActivityBatch } from '../../domain/activity.js';
import type { DeviceId, Pseudonym } from '../../domain/ids.js';

/** Batches of this node that have not come by in the feed yet; beyond it the oldest would be learned a second time. */
const MOST = 16_384;

/** Which entries of a shared feed are this node's own: it learned them when it applied them. */
export class OwnBatches {
  readonly #batches = new Set<string>();

  /** Before a batch is applied: from then on it may be in the feed. */
  add(user: Pseudonym, device: DeviceId, { sequence }: ActivityBatch): void {
    this.#batches.add(keyOf(user, device, sequence));
    for (const oldest of this.#batches) {
      if (this.#batches.size <= MOST) break;
      this.#batches.delete(oldest);
    }
  }

  /** Drops a user's: they will not come by. */
  forget(user: Pseudonym): void {
    const beginning = `${JSON.stringify([user]).slice(0, -1)},`;
    for (const batch of this.#batches) if (batch.startsWith(beginning)) this.#batches.delete(batch);
  }

  /** Whether it is one; asked once when it comes by, or when it was not applied after all. */
  take(user: Pseudonym, device: DeviceId, { sequence }: ActivityBatch): boolean {
    return this.#batches.delete(keyOf(user, device, sequence));
  }
}

function keyOf(user: Pseudonym, device: DeviceId, sequence: number): string {
  return JSON.stringify([user, device, sequence]);
}
