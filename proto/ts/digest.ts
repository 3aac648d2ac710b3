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
  for (let index = 31, rest = digest; index >= 0; index--, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  return bytes;
}

function bigintOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

const encoder = new TextEncoder();
