import type { Foresync } from '@foresync/client';
import { ForesyncError } from '../../domain/errors.js';
import type { DeviceId, ItemId, Pseudonym } from '../../domain/ids.js';
import { itemId } from '../../domain/ids.js';
import type { Recorder } from '../recorder.js';

/** How long one thing may take before the replay is given up: a machine may be busy, but not that busy. */
const PATIENCE = { timeoutMs: 120_000 };

/** One device of a replay: a real client, and the recorder that hears what is pushed to it and what it lets go. */
export class LiveDevice {
  readonly user: Pseudonym;
  readonly device: DeviceId;
  readonly #client: Foresync;
  readonly #space: string;
  readonly #listening: Promise<void>;
  #trouble: ForesyncError | null = null;

  constructor(user: Pseudonym, device: DeviceId, client: Foresync, space: string, recorder: Recorder) {
    this.user = user;
    this.device = device;
    this.#client = client;
    this.#space = space;
    this.#listening = this.#listen(recorder);
  }

  /** The user opens an item: whether it was there. Throws INTERNAL unless it has this content, hash and bytes. */
  async open(
    item: ItemId,
    dataHash: string,
  ): Promise<{ readonly bytes: number; readonly zeroWait: boolean }> {
    const { checkpoint, content, waitMs, stale } = await this.#client.open(this.#space, item, PATIENCE);
    if (checkpoint.dataHash !== dataHash || stale) {
      throw new ForesyncError(
        'INTERNAL',
        `the device showed a content of ${item} that is not the current one`,
      );
    }
    return { bytes: content.length, zeroWait: waitMs === 0 };
  }

  /** The user writes a content, whatever was there before. */
  async write(item: ItemId, content: Uint8Array, links: readonly ItemId[]): Promise<void> {
    const edges = links.map((target) => ({ item: target, kind: 'link' as const }));
    await this.#client.write(this.#space, item, content, { ...PATIENCE, edges });
  }

  report(type: 'viewed' | 'edited' | 'created', item: ItemId): void {
    this.#client.report({ type, item });
  }

  /** Resolves when the server has handled everything that the device said. Throws what went wrong on it since. */
  async flush(): Promise<void> {
    await this.#client.flush(PATIENCE);
    if (this.#trouble !== null) throw this.#trouble;
  }

  /** Ends the session in order. */
  async close(): Promise<void> {
    await this.#client.close();
    await this.#listening;
  }

  async #listen(recorder: Recorder): Promise<void> {
    for await (const event of this.#client.events()) {
      switch (event.kind) {
        case 'pushed': {
          const { item, sizeBytes } = event.checkpoint;
          if (event.content) recorder.pushed(this.user, this.device, itemId(item), sizeBytes);
          break;
        }
        case 'evicted':
          recorder.evicted(this.user, this.device, itemId(event.item));
          break;
        case 'invalidated':
        case 'durable':
          break;
        case 'connection':
          if (event.state === 'waiting' || event.state === 'stopped') this.#trouble ??= lost(event.error);
          break;
        default:
          // Rejected, refused, lost, storage, overflow: the figures would no longer be those of the policy.
          this.#trouble ??= new ForesyncError('INTERNAL', `the device told of trouble: ${event.kind}`);
      }
    }
  }
}

function lost(cause: unknown): ForesyncError {
  const why = cause instanceof Error ? cause.message : 'no reason given';
  return new ForesyncError('INTERNAL', `the device lost its connection: ${why}`, { cause });
}
