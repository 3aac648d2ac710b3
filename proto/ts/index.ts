/** The contracts of Foresync: messages, codecs and service definitions. The rules (digest, limits) have entries of their own. */
export * from './gen/foresync/v1/checkpoint.js';
export * from './gen/foresync/v1/content.js';
export * from './gen/foresync/v1/context.js';
export * from './gen/foresync/v1/prediction.js';
export * from './gen/foresync/v1/privacy.js';
export * from './gen/foresync/v1/sync.js';
export * from './gen/google/protobuf/any.js';
export * from './gen/google/rpc/code.js';
export * from './gen/google/rpc/error_details.js';
export * from './gen/google/rpc/status.js';
