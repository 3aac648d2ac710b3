/** Entry for browsers: no Node module and no grpc-js in its graph. */
export type { Checkpoint } from '@foresync/protocol';
export type { LruEntry } from './lru-index.js';
export { DEFAULT_BUFFER_BYTES, LruIndex } from './lru-index.js';
