import type { DeviceId, Pseudonym } from '../domain/ids.js';

/** One name for a user's device: a pseudonym has a fixed length, so no two devices share a name. */
export const deviceKey = (owner: { readonly user: Pseudonym; readonly device: DeviceId }): string =>
  `${owner.user} ${owner.device}`;
