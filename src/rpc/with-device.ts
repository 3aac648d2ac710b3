import { ForesyncError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import type { DeviceId } from '../domain/ids.js';

/** Throws DEVICE_REQUIRED for a backend's token: a session is a device's. */
export function withDevice(identity: Identity): Identity & { readonly device: DeviceId } {
  const { device } = identity;
  if (device !== null) return { ...identity, device };
  throw new ForesyncError('DEVICE_REQUIRED', "the token names no device, and a session is a device's");
}
