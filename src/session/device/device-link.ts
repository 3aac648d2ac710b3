import type { ForesyncError } from '../../domain/errors.js';
import type { DeviceId, Pseudonym } from '../../domain/ids.js';
import type { PushBudget } from '../../domain/session-port.js';
import type { Allowance } from '../../outbox/allowance.js';
import type { Outbox } from '../../outbox/outbox.js';
import type { Tally } from './tally.js';

/** What the spaces of one session share, and what they tell it. */
export interface DeviceLink {
  readonly user: Pseudonym;
  readonly device: DeviceId;
  /** See StoredUser: the era in which the session began. */
  readonly era: number;
  readonly outbox: Outbox;
  readonly allowance: Allowance;
  readonly tally: Tally;
  /** What the device wants unasked, as it said last. */
  readonly budget: PushBudget;
  /** Whether anything may still be queued for the device. */
  readonly open: boolean;
  /** A space of the session changed its state. */
  moved(): void;
  /** The session cannot go on. */
  fail(error: ForesyncError): void;
}
