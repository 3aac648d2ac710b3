import type { Sha256 } from '@foresync/protocol/digest';
import type { Clock } from '../domain/clock.js';
import type { Store } from '../domain/store-port.js';
import type { CatchUp } from './device/catch-up.js';
import type { SessionObserver } from './observer.js';
import type { ResumeTokens } from './resume-token.js';
import type { SessionSettings } from './settings.js';
import type { Timer } from './timer.js';

/** What every session of a node stands on. */
export interface SessionDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly timer: Timer;
  /** From 0 to 1, 1 excluded: for jitter only. */
  readonly random: () => number;
  readonly sha256: Sha256;
  readonly tokens: ResumeTokens;
  readonly catchUp: CatchUp;
  readonly observer: SessionObserver;
  readonly settings: SessionSettings;
}
