/** Values at rest in the embedded store: no part of the contract with clients, only the server's store reads them. */
export * from './gen/foresync/internal/v1/store.js';
