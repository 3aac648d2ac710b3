import type { DataHash } from '../domain/ids.js';
import type { ContentRequest } from '../domain/session-port.js';

/** A request, and what the device was known to hold when it came. */
export interface Asked extends ContentRequest {
  readonly heldThen: DataHash | undefined;
}
