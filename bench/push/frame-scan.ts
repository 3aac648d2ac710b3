/** What a device needs to know of a frame to acknowledge it, read without decoding the rest. */
export interface Scanned {
  pushes: number;
  delivery: number;
}

const PUSH_TAG = 0x22;

/** Counts the pushes of an encoded SyncResponse, and reads the number of its last event. */
export function scan(frame: Buffer, into: Scanned): void {
  let at = 0;
  while (at < frame.length) {
    at++; // every field of a SyncResponse is an event
    let size = 0;
    for (let shift = 0, byte = 0x80; byte >= 0x80; shift += 7) {
      byte = frame[at++] ?? 0;
      size |= (byte & 0x7f) << shift;
    }
    const end = at + size;
    at++; // the tag of the delivery number, which is the first field
    let delivery = 0;
    for (let scale = 1, byte = 0x80; byte >= 0x80; scale *= 128) {
      byte = frame[at++] ?? 0;
      delivery += (byte & 0x7f) * scale;
    }
    into.delivery = delivery;
    if (frame[at] === PUSH_TAG) into.pushes++;
    at = end;
  }
}
