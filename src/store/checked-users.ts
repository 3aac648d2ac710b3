import type { DeviceId, Pseudonym, SpaceId } from '../domain/ids.js';
import { RECURRENT_BYTES, type UserStore } from '../domain/store-port.js';
import type { Aliases } from './aliases.js';
import {
  checkBatch,
  checkCheckpoint,
  checkCount,
  checkHeld,
  checkId,
  checkItems,
  checkWhole,
} from './checks.js';
import type { StoreLimits } from './options.js';

/** A context encoded, bytes: CONTEXT_LIMITS full of the longest ids stays below. */
const MAX_CONTEXT_BYTES = 16 * 1024 * 1024;

/** The users of an adapter, behind the checks of what comes in: FIELD_INVALID names the field and its limit. */
export function checkedUsers(inner: UserStore, aliases: Aliases, limits: StoreLimits): UserStore {
  return {
    meet: async (user) => {
      checkId('user', user);
      return aliases.meet(user);
    },
    records: (user) => {
      checkId('user', user);
      return inner.records(user);
    },
    forget: async (user, cleared) => {
      checkId('user', user);
      aliases.forgotten(user);
      return inner.forget(user, cleared);
    },
    context: async (user, space) => {
      checkUser(user, space);
      return inner.context(user, space);
    },
    apply: async (user, device, batch, context, era) => {
      checkId('user', user);
      checkId('device', device);
      checkBatch(batch);
      checkWhole('context.expected_version', context.expectedVersion, 0);
      checkWhole('context.bytes.length', context.bytes.length, 0, MAX_CONTEXT_BYTES);
      return inner.apply(user, device, batch, context, era);
    },
    recurrent: async (user, space) => {
      checkUser(user, space);
      return inner.recurrent(user, space);
    },
    saveRecurrent: async (user, space, expectedVersion, bytes) => {
      checkUser(user, space);
      checkWhole('expected_version', expectedVersion, 0);
      checkWhole('bytes.length', bytes.length, 0, RECURRENT_BYTES);
      return inner.saveRecurrent(user, space, expectedVersion, bytes);
    },
    readActivity: async (user, after, limit) => {
      checkId('user', user);
      checkWhole('after', after, 0);
      checkWhole('limit', limit, 1);
      return inner.readActivity(user, after, limit);
    },
    sequence: async (user, device) => {
      checkId('user', user);
      checkId('device', device);
      return inner.sequence(user, device);
    },
    saveCheckpoints: async (user, space, checkpoints, era) => {
      checkUser(user, space);
      checkCount('checkpoints', checkpoints.length);
      checkpoints.forEach(checkCheckpoint);
      return inner.saveCheckpoints(user, space, checkpoints, era);
    },
    checkpoints: async (user, space, items) => {
      checkUser(user, space);
      checkItems(items);
      return inner.checkpoints(user, space, items);
    },
    manifest: async (user, device, space) => {
      checkHolder(user, device, space);
      return inner.manifest(user, device, space);
    },
    changeManifest: async (user, device, space, change, era) => {
      checkHolder(user, device, space);
      checkHeld(change.held, limits.manifestItems);
      checkCount('dropped', change.dropped.length, limits.manifestItems);
      change.dropped.forEach((item, index) => checkId(`dropped[${index}]`, item));
      return inner.changeManifest(user, device, space, change, era);
    },
    replaceManifest: async (user, device, space, held, era) => {
      checkHolder(user, device, space);
      checkHeld(held, limits.manifestItems);
      return inner.replaceManifest(user, device, space, held, era);
    },
  };
}

function checkHolder(user: Pseudonym, device: DeviceId, space: SpaceId): void {
  checkUser(user, space);
  checkId('device', device);
}

function checkUser(user: Pseudonym, space: SpaceId): void {
  checkId('user', user);
  checkId('space', space);
}
