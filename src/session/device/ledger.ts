import type { DeviceId, Pseudonym, SpaceId } from '../../domain/ids.js';
import type { UserStore } from '../../domain/store-port.js';
import type { StoredCheckpoint } from '../../domain/user-record.js';
import { Held } from './held.js';

/** Changes that wait before they are written without waiting for their time. */
const MANY = 256;
/** Checkpoints that wait at most; beyond it the oldest is not written, the item's next one will be. */
const MAX_CHECKPOINTS = 1024;

/**
 * What a device holds in one space, and the user's checkpoints: in memory first, in the store a little later. What a
 * crash takes with it is healed at the next Hello, whose digest tells. Written in order, one write at a time.
 */
export class Ledger {
  readonly held = new Held();
  readonly #users: Pick<UserStore, 'changeManifest' | 'replaceManifest' | 'saveCheckpoints'>;
  readonly #user: Pseudonym;
  readonly #device: DeviceId;
  readonly #space: SpaceId;
  readonly #era: number;
  #checkpoints = new Map<string, StoredCheckpoint>();
  #replace = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    users: Pick<UserStore, 'changeManifest' | 'replaceManifest' | 'saveCheckpoints'>,
    user: Pseudonym,
    device: DeviceId,
    space: SpaceId,
    era = 0,
  ) {
    this.#era = era;
    this.#users = users;
    this.#user = user;
    this.#device = device;
    this.#space = space;
  }

  /** Whether there is anything to write. */
  get dirty(): boolean {
    return this.#replace || this.held.untold > 0 || this.#checkpoints.size > 0;
  }

  /** Whether so much waits that it should not wait any longer. */
  get full(): boolean {
    return this.held.untold >= MANY || this.#checkpoints.size >= MANY;
  }

  checkpoint(checkpoint: StoredCheckpoint): void {
    this.#checkpoints.delete(checkpoint.item);
    this.#checkpoints.set(checkpoint.item, checkpoint);
    if (this.#checkpoints.size <= MAX_CHECKPOINTS) return;
    for (const oldest of this.#checkpoints.keys()) {
      this.#checkpoints.delete(oldest);
      return;
    }
  }

  /** The manifest in memory takes the place of the stored one, whatever that is. */
  replaceStored(): void {
    this.#replace = true;
  }

  /** Writes what waits. After a failure it waits again: see `dirty`. */
  write(): Promise<void> {
    // A failure of the write before was told to whoever asked for it.
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    if (this.#replace) await this.#writeAll();
    else if (this.held.untold > 0) await this.#writeChanges();
    if (this.#checkpoints.size > 0) await this.#writeCheckpoints();
  }

  async #writeAll(): Promise<void> {
    this.#replace = false;
    const held = this.held.takeAll();
    try {
      await this.#users.replaceManifest(this.#user, this.#device, this.#space, held, this.#era);
    } catch (thrown) {
      this.#replace = true;
      throw thrown;
    }
  }

  async #writeChanges(): Promise<void> {
    const change = this.held.take();
    if (change.held.length + change.dropped.length === 0) return;
    try {
      await this.#users.changeManifest(this.#user, this.#device, this.#space, change, this.#era);
    } catch (thrown) {
      this.held.giveBack(change);
      throw thrown;
    }
  }

  async #writeCheckpoints(): Promise<void> {
    const checkpoints = this.#checkpoints;
    this.#checkpoints = new Map();
    try {
      await this.#users.saveCheckpoints(this.#user, this.#space, [...checkpoints.values()], this.#era);
    } catch (thrown) {
      this.#checkpoints = new Map([...checkpoints, ...this.#checkpoints]);
      throw thrown;
    }
  }
}
