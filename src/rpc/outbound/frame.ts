import { SyncResponse } from '@foresync/protocol';
import type { ServerEvent } from '../../domain/session-port.js';
import { wireEvent } from './events.js';

/** A frame down as the bytes of a SyncResponse. */
export function encodeFrame(events: readonly ServerEvent[]): Buffer {
  const bytes = SyncResponse.encode({ events: events.map(wireEvent) }).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
