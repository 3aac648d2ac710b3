import { PROTOCOL_LIMITS } from '@foresync/protocol/limits';
import { LESSON_BYTES } from '../domain/lesson-log.js';
import type { SpaceStore } from '../domain/store-port.js';
import { checkChange, checkId, checkItems, checkTeller, checkText, checkWhole } from './checks.js';

/** A space can have a statistics snapshot this large, bytes. */
const MAX_SNAPSHOT_BYTES = 64 * 1024 * 1024;

/** The spaces of an adapter, behind the checks of what comes in: FIELD_INVALID names the field and its limit. */
export function checkedSpaces(inner: SpaceStore): SpaceStore {
  return {
    ensure: async (space, shards) => {
      checkId('space', space);
      checkWhole('shards', shards, 1, PROTOCOL_LIMITS.shardsPerSpace);
      return inner.ensure(space, shards);
    },
    meta: async (space) => {
      checkId('space', space);
      return inner.meta(space);
    },
    commit: async (request) => {
      checkChange(request);
      return inner.commit(request);
    },
    head: async (space, item) => {
      checkId('space', space);
      checkId('item', item);
      return inner.head(space, item);
    },
    heads: async (space, items) => {
      checkId('space', space);
      checkItems(items);
      return inner.heads(space, items);
    },
    list: async (space, prefix, after, limit) => {
      checkId('space', space);
      checkText('prefix', prefix, PROTOCOL_LIMITS.idBytes);
      checkText('after', after, PROTOCOL_LIMITS.idBytes);
      checkWhole('limit', limit, 1);
      return inner.list(space, prefix, after, limit);
    },
    bounds: async (space, shard) => {
      checkId('space', space);
      checkWhole('shard', shard, 0, PROTOCOL_LIMITS.shardsPerSpace - 1);
      return inner.bounds(space, shard);
    },
    readLog: async (space, shard, after, limit) => {
      checkId('space', space);
      checkWhole('shard', shard, 0, PROTOCOL_LIMITS.shardsPerSpace - 1);
      checkWhole('after', after, 0);
      checkWhole('limit', limit, 1);
      return inner.readLog(space, shard, after, limit);
    },
    wakeUps: (space, signal) => {
      checkId('space', space);
      return inner.wakeUps(space, signal);
    },
    readFeed: async (space, after, limit) => {
      checkId('space', space);
      checkWhole('after', after, 0);
      checkWhole('limit', limit, 1);
      return inner.readFeed(space, after, limit);
    },
    tell: async (space, teller, bytes) => {
      checkId('space', space);
      checkTeller(teller);
      checkWhole('bytes.length', bytes.length, 1, LESSON_BYTES);
      return inner.tell(space, teller, bytes);
    },
    readLessons: async (space, after, limit) => {
      checkId('space', space);
      checkWhole('after', after, 0);
      checkWhole('limit', limit, 1);
      return inner.readLessons(space, after, limit);
    },
    saveSnapshot: async (space, name, offset, bytes) => {
      checkId('space', space);
      checkId('name', name);
      checkWhole('offset', offset, 0);
      checkWhole('bytes.length', bytes.length, 0, MAX_SNAPSHOT_BYTES);
      return inner.saveSnapshot(space, name, offset, bytes);
    },
    loadSnapshot: async (space, name) => {
      checkId('space', space);
      checkId('name', name);
      return inner.loadSnapshot(space, name);
    },
  };
}
