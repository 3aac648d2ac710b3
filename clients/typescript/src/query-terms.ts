import { createHMAC, createSHA256 } from 'hash-wasm';
import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { fieldInvalid } from './errors.js';

/** Turns terms into buckets that nobody without the key can turn back, or guess. */
export type TermHash = (term: string) => number;

/** Characters of a query that a device takes. */
export const MAX_QUERY_CHARS = 4096;

/** Terms of a query, at most 16 of at most 64 characters: normalised, lower case, each once, in their order. */
export function queryTerms(query: string): readonly string[] {
  if (query.length > MAX_QUERY_CHARS) {
    throw fieldInvalid('query', `is longer than ${MAX_QUERY_CHARS} characters`, MAX_QUERY_CHARS);
  }
  const words =
    query
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const terms = new Set(words.map((word) => Array.from(word).slice(0, MAX_TERM_CHARS).join('')));
  return [...terms].slice(0, PROTOCOL_LIMITS.queryBucketsPerActivity);
}

/** The buckets of Welcome.query_key: HMAC-SHA256 of the term's UTF-8, first 32 bits, big-endian. */
export async function termHash(key: Uint8Array): Promise<TermHash> {
  const hmac = await createHMAC(createSHA256(), key);
  return (term) => {
    const digest = hmac.init().update(term).digest('binary');
    return new DataView(digest.buffer, digest.byteOffset).getUint32(0);
  };
}

const MAX_TERM_CHARS = 64;
