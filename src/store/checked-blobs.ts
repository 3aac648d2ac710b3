import type { BlobStore } from '../domain/store-port.js';
import { checkHash, checkWhole } from './checks.js';

/** The blobs of an adapter, behind the checks of what comes in: FIELD_INVALID names the field and its limit. */
export function checkedBlobs(inner: BlobStore): BlobStore {
  return {
    has: async (hash) => {
      checkHash('data_hash', hash);
      return inner.has(hash);
    },
    put: async (content, sizeBytes, expected) => {
      checkWhole('size_bytes', sizeBytes, 0);
      if (expected !== null) checkHash('data_hash', expected);
      return inner.put(content, sizeBytes, expected);
    },
    read: async (hash, offset, length) => {
      checkHash('data_hash', hash);
      checkWhole('offset', offset, 0);
      checkWhole('length', length, 0);
      return inner.read(hash, offset, length);
    },
    remove: async (hash) => {
      checkHash('data_hash', hash);
      return inner.remove(hash);
    },
  };
}
