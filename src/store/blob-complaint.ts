import type { ForesyncError } from '../domain/errors.js';
import { invalid } from './checks.js';

/** The error of a commit that names a content which is not stored, or stored with another size; undefined if all is well. */
export function blobComplaint(storedBytes: number | undefined, sizeBytes: number): ForesyncError | undefined {
  if (storedBytes === undefined) {
    return invalid('data_hash', 'names a content that is not stored (any more): put it first', '0');
  }
  if (storedBytes === sizeBytes) return undefined;
  return invalid('size_bytes', `is ${sizeBytes}, but the content has ${storedBytes} bytes`, `${storedBytes}`);
}
