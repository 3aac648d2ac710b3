import { ServerEvent } from '@foresync/protocol';
import type { ServerEvent as DomainEvent } from '../../domain/session-port.js';
import { wireEvent } from './events.js';
import { measureChunk, measurePush, writeChunk, writePush } from './push-codec.js';
import { Sizes } from './sizes.js';
import { lengthFieldSize, numberFieldSize, putLength, putNumberField } from './varint.js';

// Tags of SyncResponse.events and of ServerEvent's fields.
const EVENTS = 0x0a;
const DELIVERY = 0x08;
const PUSH = 0x22;
const CHUNK = 0x2a;

// One frame is encoded at a time, so its sizes need no memory of their own.
const sizes = new Sizes();

/** A frame down as the bytes of a SyncResponse, the same that the generated codec makes, in one buffer of the right size. */
export function encodeFrame(events: readonly DomainEvent[]): Buffer {
  sizes.reset();
  const generated: Uint8Array[] = [];
  let total = 0;
  for (const event of events) {
    const place = sizes.reserve();
    total += lengthFieldSize(sizes.fill(place, measured(event, generated)));
  }
  const frame = Buffer.allocUnsafe(total);
  let at = 0;
  let others = 0;
  for (const event of events) {
    at = putLength(frame, at, EVENTS, sizes.next());
    if (event.kind === 'push' || event.kind === 'chunk') {
      at = putNumberField(frame, at, DELIVERY, event.delivery);
      at = putLength(frame, at, event.kind === 'push' ? PUSH : CHUNK, sizes.next());
      at =
        event.kind === 'push' ? writePush(event.push, frame, at, sizes) : writeChunk(event.chunk, frame, at);
      continue;
    }
    const bytes = generated[others++] ?? NO_BYTES;
    frame.set(bytes, at);
    at += bytes.length;
  }
  return frame;
}

/** Size of a ServerEvent. Those that the generated codec writes are encoded now, for nothing else knows their size. */
function measured(event: DomainEvent, generated: Uint8Array[]): number {
  if (event.kind === 'push') {
    return numberFieldSize(event.delivery) + lengthFieldSize(measurePush(event.push, sizes));
  }
  if (event.kind === 'chunk') {
    return numberFieldSize(event.delivery) + lengthFieldSize(sizes.add(measureChunk(event.chunk)));
  }
  const bytes = ServerEvent.encode(wireEvent(event)).finish();
  generated.push(bytes);
  return bytes.length;
}

const NO_BYTES = new Uint8Array(0);
