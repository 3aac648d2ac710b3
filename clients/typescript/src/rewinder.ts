import type { Refusal } from '@foresync/protocol';
import type { Device } from './device.js';
import type { ForesyncClientError } from './errors.js';
import { sleep } from './sleep.js';
import { statusError } from './status-error.js';

/** How long a batch that the server could not store waits before it is sent again, ms. */
const RETRY_MS = 1_000;

/** What rewinding needs of the session. */
export interface RewindPort {
  /** Resolves when the server has handled all that was sent. */
  readonly barrier: () => Promise<void>;
  readonly nudge: () => void;
}

/**
 * Activity batches are sent without waiting for each other, so one that is refused makes the server refuse those behind it,
 * for the gap. Then nothing is sent until all these refusals are in, and what is left is sent again.
 */
export class Rewinder {
  readonly #device: Device;
  readonly #port: RewindPort;
  readonly #stopped = new AbortController();
  #rewinding = false;

  constructor(device: Device, port: RewindPort) {
    this.#device = device;
    this.#port = port;
  }

  /** While this holds, no batch may be sent. */
  get rewinding(): boolean {
    return this.#rewinding;
  }

  refused({ activitySequence, status }: Refusal): void {
    const error = statusError(status ?? { code: 13, message: 'refused without a reason', details: [] });
    const sequence = Number(activitySequence);
    const gap = error.code === 'SEQUENCE_GAP';
    // The echo of the first refusal.
    if (gap && this.#rewinding) return;
    const { outbox, events } = this.#device;
    if (!gap) events.publish({ kind: 'refused', error });
    if (sequence === 0) return;
    if (gap) outbox.welcome(Math.max(0, Number(error.details.facts?.['expected'] ?? 1) - 1));
    else if (!error.retryable) outbox.refused(sequence, activityOf(error));
    if (!this.#rewinding)
      void this.#rewind(error.retryable ? (error.details.retryAfterMs ?? 0) + RETRY_MS : 0);
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #rewind(waitMs: number): Promise<void> {
    this.#rewinding = true;
    try {
      await this.#port.barrier();
      if (waitMs > 0) await sleep(waitMs, this.#stopped.signal);
      await this.#device.outboxCommits.request();
    } catch {
      // The session is over: the next one begins anew.
      return;
    }
    if (this.#stopped.signal.aborted) return;
    this.#rewinding = false;
    this.#device.outbox.rewind();
    this.#port.nudge();
  }
}

/** The activity that a batch is refused for, counted from 0; undefined if it is the whole batch. */
function activityOf({ details }: ForesyncClientError): number | undefined {
  const index = /\bactivities\[(\d+)\]/.exec(details.field ?? '')?.[1];
  return index === undefined ? undefined : Number(index);
}
