import type { PrivacyServiceDefinition } from '@foresync/protocol';
import { ForesyncError } from '../domain/errors.js';
import type { Handlers } from './call/handlers.js';

/** What the contract has and this server does not offer yet: it answers UNIMPLEMENTED, and reflection lists it. */
export const privacyHandlers: Handlers<PrivacyServiceDefinition> = {
  export: neverYields,
  forget: () => Promise.reject(notOffered()),
};

function neverYields(): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(notOffered()) }) };
}

function notOffered(): ForesyncError {
  return new ForesyncError('UNIMPLEMENTED', 'this server does not offer the call yet');
}
