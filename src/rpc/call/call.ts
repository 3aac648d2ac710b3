import type { Metadata } from '@grpc/grpc-js';
import type { Identity } from '../../domain/identity.js';
import type { Tally } from './tally.js';

/** A call that came in. */
export interface Incoming {
  /** Service and method, for example `foresync.v1.SyncService/Sync`. */
  readonly method: string;
  readonly metadata: Metadata;
  /** Aborted when the caller left, or when the server ends its calls: the reason is the ForesyncError to end with. */
  readonly signal: AbortSignal;
  /** What the call moved: ends up in its one log line. */
  readonly tally: Tally;
}

/** A call whose token was verified. */
export interface Call extends Incoming {
  readonly identity: Identity;
}
