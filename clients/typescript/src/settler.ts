import type { Device } from './device.js';

/** What a session tells of its progress, and what follows once that is stored. */
export interface Progress {
  /** Number of the last event that was handled. */
  readonly handled: number;
  /** Number of the earliest event whose content is not complete. */
  readonly earliestOpen: number | undefined;
}

/**
 * The order that keeps an acknowledgement true: contents, then the index, then the resume token, then the Ack. A content
 * of several events counts as stored by its last one; a resume token waits for all that were announced before it.
 */
export class Settler {
  readonly #device: Pick<Device, 'buffer' | 'bufferCommits' | 'acks'>;
  readonly #progress: () => Progress;
  #tokens: { readonly delivery: number; readonly token: Uint8Array }[] = [];
  #barriers: (() => void)[] = [];
  #settling: Promise<void> | undefined;
  #again = false;
  #ended = false;

  constructor(device: Pick<Device, 'buffer' | 'bufferCommits' | 'acks'>, progress: () => Progress) {
    this.#device = device;
    this.#progress = progress;
  }

  /** A resume token came with this event. */
  token(delivery: number, token: Uint8Array): void {
    this.#tokens.push({ delivery, token });
  }

  /** Runs once everything that was handled so far is stored. */
  whenStored(then: () => void): void {
    this.#barriers.push(then);
  }

  /** Something was handled. */
  settle(): void {
    this.#again = true;
    this.#settling ??= this.#run();
  }

  /** Resolves when there is nothing left to store, or nothing more can be. */
  async idle(): Promise<void> {
    await this.#settling;
  }

  /** The session ended: nothing that is not stored yet is acknowledged any more. */
  end(): void {
    this.#ended = true;
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#over()) {
      this.#again = false;
      const { handled, earliestOpen } = this.#progress();
      const barriers = this.#barriers;
      this.#barriers = [];
      this.#saveToken(Math.min(handled, (earliestOpen ?? Number.POSITIVE_INFINITY) - 1));
      // Rejects only if the client is closed: then nobody is to be told anything.
      const committed = await this.#device.bufferCommits.request().then(
        () => true,
        () => false,
      );
      if (!committed || this.#over()) break;
      this.#device.acks.delivered(handled);
      for (const then of barriers) then();
    }
    this.#settling = undefined;
  }

  /** A method, for the compiler takes what it saw before an await to hold after it. */
  #over(): boolean {
    return this.#ended;
  }

  /** The newest before which every content is complete. */
  #saveToken(complete: number): void {
    const covered = this.#tokens.filter(({ delivery }) => delivery <= complete);
    this.#tokens = this.#tokens.filter(({ delivery }) => delivery > complete);
    const newest = covered.at(-1);
    if (newest !== undefined) this.#device.buffer.saveResumeToken(newest.token);
  }
}
