/** Entry for Node: the transport is grpc-js. */
export type { Checkpoint } from '@foresync/protocol';
export type { LruEntry } from './lru-index.js';
export { DEFAULT_BUFFER_BYTES, LruIndex } from './lru-index.js';
