import { script } from '../script.js';

/* How a store is written as an archive. All of it may be run again. */

/**
 * Fields of a hash.
 *   KEYS  hash
 *   ARGV  boot, field, value...
 */
export const RESTORE_HASH = script(
  'restore-hash',
  'writes',
  `
for index = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1]) end
return 1
`,
);

/**
 * Fields of a user's key, and its place in the index.
 *   KEYS  index, hash
 *   ARGV  boot, field of the index, its value, then field, value...
 */
export const RESTORE_LISTED = script(
  'restore-listed',
  'writes',
  `
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
for index = 4, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[index], ARGV[index + 1]) end
return 1
`,
);

/**
 * Checkpoints by their places.
 *   KEYS  index, checkpoints, order
 *   ARGV  boot, endings of the two keys, then place, item, bytes...
 */
export const RESTORE_CHECKPOINTS = script(
  'restore-checkpoints',
  'writes',
  `
redis.call('HSET', KEYS[1], 'k' .. ARGV[2], '', 'k' .. ARGV[3], '')
for index = 4, #ARGV, 3 do
  redis.call('HSET', KEYS[2], ARGV[index + 1], ARGV[index + 2])
  redis.call('ZADD', KEYS[3], ARGV[index], ARGV[index + 1])
  local newest = tonumber(redis.call('HGET', KEYS[1], 'c') or '0')
  if tonumber(ARGV[index]) > newest then redis.call('HSET', KEYS[1], 'c', ARGV[index]) end
end
return 1
`,
);

/**
 * Entries of a stream, in order; those that are there are left out.
 *   KEYS  stream
 *   ARGV  boot, names of the fields with blanks in between, then offset, values...
 */
export const RESTORE_STREAM = script(
  'restore-stream',
  'writes',
  `
local names = {}
for name in string.gmatch(ARGV[2], '%S+') do table.insert(names, name) end
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local last = newest and tonumber(string.match(newest[1], '^%d+')) or 0
for index = 3, #ARGV, #names + 1 do
  if tonumber(ARGV[index]) > last then
    local words = {}
    for at, name in ipairs(names) do
      table.insert(words, name)
      table.insert(words, ARGV[index + at])
    end
    redis.call('XADD', KEYS[1], ARGV[index] .. '-0', unpack(words))
  end
end
return 1
`,
);

/**
 * A shard's state, adopted by the server that answers.
 *   KEYS  state
 *   ARGV  boot, epoch, high
 */
export const RESTORE_SHARD = script(
  'restore-shard',
  'writes',
  `return redis.call('HSET', KEYS[1], 'b', ARGV[1], 'e', ARGV[2], 'h', ARGV[3])`,
);

/**
 * Last changes of items.
 *   KEYS  heads, live
 *   ARGV  boot, then item, change...
 */
export const RESTORE_HEADS = script(
  'restore-heads',
  'writes',
  `
for index = 2, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1])
  if string.sub(ARGV[index + 1], 17, 17) == 'L' then redis.call('ZADD', KEYS[2], 0, ARGV[index]) end
end
return 1
`,
);

/**
 * A confirmed claim on a content.
 *   KEYS  meta, claims, garbage
 *   ARGV  boot, hash, claim
 *   reply 0: the content is not there
 */
export const RESTORE_CLAIM = script(
  'restore-claim',
  'writes',
  `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('ZADD', KEYS[2], '+inf', ARGV[3])
redis.call('ZREM', KEYS[3], ARGV[2])
return 1
`,
);

/**
 * Makes an empty store an unfinished copy, or finds how far it is one.
 *   KEYS  layout, state of the copy
 *   ARGV  boot, layout of an unfinished copy, state of a new copy, '1' if there is nothing else in the store
 *   reply layout and state as they are now
 */
export const BEGIN_COPY = script(
  'begin-copy',
  'writes',
  `
if redis.call('EXISTS', KEYS[2]) == 0 and ARGV[4] == '1' then
  redis.call('SET', KEYS[1], ARGV[2])
  redis.call('SET', KEYS[2], ARGV[3])
end
return {redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])}
`,
);

/**
 *   KEYS  state of the copy
 *   ARGV  boot, state
 */
export const SAVE_COPY = script('save-copy', 'writes', `return redis.call('SET', KEYS[1], ARGV[2])`);

/**
 * From now on it is a store like any other.
 *   KEYS  layout, state of the copy
 *   ARGV  boot, layout of a copy that is whole
 */
export const FINISH_COPY = script(
  'finish-copy',
  'writes',
  `
redis.call('SET', KEYS[1], ARGV[2])
return redis.call('UNLINK', KEYS[2])
`,
);
