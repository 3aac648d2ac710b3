/** Entry for Node: the transport is grpc-js. */
export type { Checkpoint } from '@foresync/protocol';
