import type { GoodbyeReason } from '@foresync/protocol';
import { bytesOf } from './checkpoints.js';

/** The server ends the stream. */
export const goodbye = (reason: GoodbyeReason, retryAfterMs = 0) => ({
  $case: 'goodbye' as const,
  value: { reason, retryAfterMs, message: '' },
});

/** A new resume token. */
export const token = (text: string) => ({
  $case: 'position' as const,
  value: { positions: [], resumeToken: bytesOf(text) },
});

/** An item of space `s` has another content now, one that nobody has seen unless its hash is given; an empty hash: deleted. */
export const invalidation = (item: string, version: bigint, dataHash: Uint8Array = new Uint8Array(32)) => ({
  $case: 'invalidation' as const,
  value: { space: 's', item, version, dataHash },
});
