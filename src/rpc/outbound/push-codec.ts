import type { Checkpoint } from '../../domain/checkpoint.js';
import type { DataHash } from '../../domain/ids.js';
import type { Chunk, Push } from '../../domain/session-port.js';
import type { Sizes } from './sizes.js';
import {
  lengthFieldSize,
  numberFieldSize,
  putBytesField,
  putFloatField,
  putLength,
  putNumberField,
  putTextField,
  textSize,
} from './varint.js';

/**
 * Push and Chunk of the contract, measured and written by hand: they are nearly all of what a server sends, and the
 * generated codec would make four objects and six bigints of each first. A test holds both codecs to the same bytes.
 */

const HASH_FIELD = 34;
const FLOAT_FIELD = 5;
const ENCODING_FIELD = 2;
const ENCODING = { none: 1, identity: 2, delta: 3 };
const EDGE_KIND = { part: 1, link: 2 };

export function measurePush({ checkpoint, body, reasons }: Push, sizes: Sizes): number {
  const place = sizes.reserve();
  let total = lengthFieldSize(measureCheckpoint(checkpoint, sizes)) + ENCODING_FIELD;
  if (body.kind === 'inline') {
    const { length } = body.bytes;
    total += (length === 0 ? 0 : lengthFieldSize(length)) + numberFieldSize(length);
  } else if (body.kind === 'chunked') {
    total += numberFieldSize(body.transfer) + numberFieldSize(body.encodedBytes);
  }
  if (body.kind !== 'metadata' && body.base !== null) total += HASH_FIELD;
  for (const { code, text, weight } of reasons) {
    const reason = sizes.reserve();
    const size = measureText(code, sizes) + measureText(text, sizes) + (weight === 0 ? 0 : FLOAT_FIELD);
    total += lengthFieldSize(sizes.fill(reason, size));
  }
  return sizes.fill(place, total);
}

export function writePush(
  { checkpoint, body, reasons }: Push,
  into: Buffer,
  start: number,
  sizes: Sizes,
): number {
  // Its own size is written by whoever frames it.
  let at = putLength(into, start, 0x0a, sizes.next());
  at = writeCheckpoint(checkpoint, into, at, sizes);
  const base = body.kind === 'metadata' ? null : body.base;
  const encoding =
    body.kind === 'metadata' ? ENCODING.none : base === null ? ENCODING.identity : ENCODING.delta;
  at = putNumberField(into, at, 0x10, encoding);
  if (body.kind === 'inline') {
    at = putBytesField(into, at, 0x1a, body.bytes);
    at = putNumberField(into, at, 0x28, body.bytes.length);
  } else if (body.kind === 'chunked') {
    at = putNumberField(into, at, 0x20, body.transfer);
    at = putNumberField(into, at, 0x28, body.encodedBytes);
  }
  if (base !== null) at = putHash(into, at, 0x32, base);
  for (const { code, text, weight } of reasons) {
    at = putLength(into, at, 0x3a, sizes.next());
    at = putTextField(into, at, 0x0a, code, sizes.next());
    at = putTextField(into, at, 0x12, text, sizes.next());
    at = putFloatField(into, at, 0x1d, weight);
  }
  return at;
}

export function measureChunk({ transfer, offset, data, last, cancelled }: Chunk): number {
  const content = data.length === 0 ? 0 : lengthFieldSize(data.length);
  return numberFieldSize(transfer) + numberFieldSize(offset) + content + (last ? 2 : 0) + (cancelled ? 2 : 0);
}

export function writeChunk(
  { transfer, offset, data, last, cancelled }: Chunk,
  into: Buffer,
  start: number,
): number {
  let at = putNumberField(into, start, 0x08, transfer);
  at = putNumberField(into, at, 0x10, offset);
  at = putBytesField(into, at, 0x1a, data);
  at = putNumberField(into, at, 0x20, Number(last));
  return putNumberField(into, at, 0x28, Number(cancelled));
}

function measureCheckpoint(checkpoint: Checkpoint, sizes: Sizes): number {
  const place = sizes.reserve();
  let total =
    measureText(checkpoint.space, sizes) +
    measureText(checkpoint.item, sizes) +
    measureText(checkpoint.userContext, sizes) +
    numberFieldSize(checkpoint.timestampMs) +
    HASH_FIELD * (1 + checkpoint.dependencyHashes.length) +
    (checkpoint.predictionScore === 0 ? 0 : FLOAT_FIELD) +
    numberFieldSize(checkpoint.version) +
    numberFieldSize(checkpoint.sizeBytes);
  for (const { item } of checkpoint.edges) {
    const edge = sizes.reserve();
    total += lengthFieldSize(sizes.fill(edge, measureText(item, sizes) + 2));
  }
  return sizes.fill(place, total);
}

function writeCheckpoint(checkpoint: Checkpoint, into: Buffer, start: number, sizes: Sizes): number {
  const { space, item, userContext, dataHash, dependencyHashes, edges } = checkpoint;
  let at = putTextField(into, start, 0x0a, space, sizes.next());
  at = putTextField(into, at, 0x12, item, sizes.next());
  at = putNumberField(into, at, 0x18, checkpoint.timestampMs);
  at = putTextField(into, at, 0x22, userContext, sizes.next());
  at = putHash(into, at, 0x2a, dataHash);
  for (const hash of dependencyHashes) at = putHash(into, at, 0x32, hash);
  at = putFloatField(into, at, 0x3d, checkpoint.predictionScore);
  at = putNumberField(into, at, 0x40, checkpoint.version);
  at = putNumberField(into, at, 0x48, checkpoint.sizeBytes);
  for (const edge of edges) {
    at = putLength(into, at, 0x52, sizes.next());
    at = putTextField(into, at, 0x0a, edge.item, sizes.next());
    at = putNumberField(into, at, 0x10, EDGE_KIND[edge.kind]);
  }
  return at;
}

/** The size of a text field; the text's own is kept. */
function measureText(text: string, sizes: Sizes): number {
  const size = sizes.add(textSize(text));
  return size === 0 ? 0 : lengthFieldSize(size);
}

function putHash(into: Buffer, at: number, tag: number, hash: DataHash): number {
  const start = putLength(into, at, tag, 32);
  return start + into.write(hash, start, 32, 'hex');
}
