import type { Push, PushBody } from '../../domain/session-port.js';
import type { Composed, MetadataNote } from '../../outbox/drawn.js';
import type { Parcel } from '../../outbox/parcel.js';
import { contentBody } from './content-body.js';
import type { Frame } from './frame.js';

/** A planned content, or its announcement. null if it is no longer current, or no longer there: then it is dropped. */
export async function composePlanned(frame: Frame, parcel: Parcel): Promise<Composed | null> {
  const { outbox, followed, store, rules, tally } = frame.deps;
  const { space, item, bundle } = parcel;
  const head = frame.heads.get(space, item);
  const home = followed.get(space);
  if (parcel.state === 'over') return null;
  if (home === undefined || head?.dataHash !== parcel.dataHash) return dropped(frame, parcel);
  const held = home.ledger.held.get(item);
  const body = await contentBody(store.blobs, parcel, held, rules, () => outbox.nextTransfer());
  if (body === null) return dropped(frame, parcel);
  const checkpoint = await frame.checkpoint(home, head, bundle?.score ?? 0);
  tally.pushedItems++;
  tally.pushedBytes += encodedBytes(body);
  const push: Push = { checkpoint, body, reasons: bundle?.reasons ?? [] };
  if (body.kind === 'chunked') parcel.transfer = body.transfer;
  return { carries: body.kind === 'chunked' ? 'header' : 'whole', body: { kind: 'push', push }, parcel };
}

/** A push without content; null if the item has another content by now. */
export async function composeMetadata(frame: Frame, note: MetadataNote): Promise<Composed | null> {
  const head = frame.heads.get(note.space, note.content.item);
  const home = frame.deps.followed.get(note.space);
  if (home === undefined || head?.dataHash !== note.content.dataHash) return null;
  const checkpoint = await frame.checkpoint(home, head, note.score);
  const push: Push = { checkpoint, body: { kind: 'metadata' }, reasons: note.reasons };
  return { carries: 'metadata', body: { kind: 'push', push } };
}

/** The next chunk of a content that is moving. null if the content is gone: then the transfer is cancelled. */
export async function composeChunk(frame: Frame, parcel: Parcel): Promise<Composed | null> {
  const { store, rules } = frame.deps;
  const { transfer, movedBytes: offset, sizeBytes } = parcel;
  const data = await store.blobs.read(parcel.dataHash, offset, rules.chunkBytes);
  if (data === null || data.length === 0) return dropped(frame, parcel);
  const last = offset + data.length >= sizeBytes;
  const chunk = { transfer, offset, data, last, cancelled: false };
  return { carries: 'chunk', body: { kind: 'chunk', chunk }, parcel };
}

/** Bytes of content that a body brings, now or in chunks. */
export function encodedBytes(body: PushBody): number {
  switch (body.kind) {
    case 'metadata':
      return 0;
    case 'inline':
      return body.bytes.length;
    case 'chunked':
      return body.encodedBytes;
  }
}

function dropped(frame: Frame, parcel: Parcel): null {
  frame.deps.outbox.drop(parcel);
  return null;
}
