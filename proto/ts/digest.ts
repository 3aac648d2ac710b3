/**
 * The manifest digest: the sum modulo 2^256, big-endian, of one term an item, so that both sides keep it in O(1) a
 * change. A term is SHA-256(u32be(len space) ‖ space ‖ u32be(len item) ‖ item ‖ data hash).
 */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

const MODULUS = 1n << 256n;

/** The term of one held item; `dataHash` is 32 bytes. */
export function manifestTerm(sha256: Sha256, space: string, item: string, dataHash: Uint8Array): bigint {
  const spaceBytes = encoder.encode(space);
  const itemBytes = encoder.encode(item);
  const message = new Uint8Array(8 + spaceBytes.length + itemBytes.length + dataHash.length);
  const view = new DataView(message.buffer);
  view.setUint32(0, spaceBytes.length);
  message.set(spaceBytes, 4);
  view.setUint32(4 + spaceBytes.length, itemBytes.length);
  message.set(itemBytes, 8 + spaceBytes.length);
  message.set(dataHash, 8 + spaceBytes.length + itemBytes.length);
  return bigintOf(sha256(message));
}

export const addTerm = (digest: bigint, term: bigint): bigint => (digest + term) % MODULUS;

export const removeTerm = (digest: bigint, term: bigint): bigint => (digest - term + MODULUS) % MODULUS;

/** The digest as the wire carries it: 32 bytes, big-endian. */
export function digestBytes(digest: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  for (let at = 24, rest = digest; at >= 0; at -= 8, rest >>= 64n)
    view.setBigUint64(at, BigInt.asUintN(64, rest));
  return bytes;
}

/** Eight bytes at a time: a term is made for every change of a manifest. */
function bigintOf(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let value = 0n;
  for (let at = 0; at < bytes.length; at += 8) value = (value << 64n) | view.getBigUint64(at);
  return value;
}

const encoder = new TextEncoder();
