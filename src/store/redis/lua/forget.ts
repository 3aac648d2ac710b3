import { script } from '../script.js';

/**
 * How a user is known: what stands for them in the change logs is made if there is none.
 *   KEYS  index, mark of a user who was forgotten
 *   ARGV  boot, alias
 *   reply {era ('0' = never forgotten), alias} | {era .. 'p'}: the forgetting was begun and is not finished
 * The index has the era too, for when the mark is gone.
 */
export const MEET = script(
  'meet',
  'writes',
  `
local gone = redis.call('GET', KEYS[2])
if gone and string.sub(gone, -1) == 'p' then return {gone} end
if redis.call('HSETNX', KEYS[1], 'p', ARGV[2]) == 1 and gone then redis.call('HSET', KEYS[1], 'e', gone) end
local known = redis.call('HMGET', KEYS[1], 'e', 'p')
return {gone or known[1] or '0', known[2]}
`,
);

/**
 * Begins another era of a user: from now on nothing of an earlier one is written, and nothing of this one before FINISH.
 *   KEYS  mark
 *   ARGV  boot, now (ms)
 *   reply era; again: a later one, of the same effect
 */
export const BEGIN = script(
  'begin-forgetting',
  'writes',
  `
local before = tonumber(string.match(redis.call('GET', KEYS[1]) or '0', '^%d+'))
local era = string.format('%.0f', math.max(before + 1, tonumber(ARGV[2])))
redis.call('SET', KEYS[1], era .. 'p')
return era
`,
);

/**
 * Keeps what was applied in earlier eras out of a space's feed, if it is still under way to it.
 *   KEYS  fed, mark of the user in the space
 *   ARGV  boot, era, when it may be forgotten that this user was (ms), holder...
 */
export const SHUT_FEED = script(
  'shut-feed',
  'writes',
  `
local before = redis.call('GET', KEYS[2]) or '0'
if tonumber(before) < tonumber(ARGV[2]) then redis.call('SET', KEYS[2], ARGV[2], 'PXAT', ARGV[3]) end
for index = 4, #ARGV do redis.call('HDEL', KEYS[1], ARGV[index]) end
return 1
`,
);

/**
 * Batches of one user in a part of a space's feed.
 *   KEYS  feed
 *   ARGV  boot, how they begin, first offset, entries to look at
 *   reply {last offset looked at, or false, {id, {'b', bytes}}...}
 */
export const FIND_IN_FEED = script(
  'find-in-feed',
  'reads',
  `
local page = redis.call('XRANGE', KEYS[1], ARGV[3], '+', 'COUNT', ARGV[4])
local found, size = {}, string.len(ARGV[2])
for _, entry in ipairs(page) do
  if string.sub(entry[2][2], 1, size) == ARGV[2] then table.insert(found, entry) end
end
return {#page > 0 and page[#page][1], found}
`,
);

/**
 * Takes entries out of a feed; the others keep their offsets, and so do its bounds.
 *   KEYS  feed, fed, copy of the feed that is being made
 *   ARGV  boot, id...
 */
export const DROP_FROM_FEED = script(
  'drop-from-feed',
  'writes',
  `
local high = tonumber(redis.call('HGET', KEYS[2], 'high') or '0')
redis.call('HSETNX', KEYS[2], 'low', string.format('%.0f', high - redis.call('XLEN', KEYS[1])))
for index = 2, #ARGV do
  redis.call('XDEL', KEYS[1], ARGV[index])
  redis.call('XDEL', KEYS[3], ARGV[index])
end
return 1
`,
);

/**
 * Copies a feed page by page, and puts the copy in its place: of an entry that was taken out a stream keeps the bytes, until
 * all around it are gone too.
 *   KEYS  feed, fed, copy
 *   ARGV  boot, '1' to begin, entries to copy
 *   reply 'more' | 'done'
 * A copy that was begun after entries were taken out has none of their bytes, whoever goes on with it. One that nobody ends
 * expires.
 */
export const COPY_FEED = script(
  'copy-feed',
  'writes',
  `
if ARGV[2] == '1' then redis.call('UNLINK', KEYS[3]) end
local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)[1]
local page = redis.call('XRANGE', KEYS[1], last and '(' .. last[1] or '-', '+', 'COUNT', ARGV[3])
for _, entry in ipairs(page) do redis.call('XADD', KEYS[3], entry[1], 'b', entry[2][2]) end
if #page == tonumber(ARGV[3]) then
  redis.call('PEXPIRE', KEYS[3], 3600000)
  return 'more'
end
if redis.call('EXISTS', KEYS[3]) == 0 then
  redis.call('UNLINK', KEYS[1])
  return 'done'
end
redis.call('RENAME', KEYS[3], KEYS[1])
redis.call('PERSIST', KEYS[1])
local low = redis.call('HGET', KEYS[2], 'low')
if low then redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f-0', tonumber(low) + 1)) end
return 'done'
`,
);

/**
 * Says in a feed that a user was forgotten.
 *   KEYS  feed, fed
 *   ARGV  boot, the mark as an entry
 * Again: once more, which says nothing new.
 */
export const MARK_FEED = script(
  'mark-feed',
  'writes',
  `
if redis.call('HEXISTS', KEYS[2], 'high') == 0 then return 0 end
local high = redis.call('HINCRBY', KEYS[2], 'high', 1)
redis.call('XADD', KEYS[1], string.format('%.0f-0', high), 'b', ARGV[2])
return 1
`,
);

/**
 * Removes keys of a user who is being forgotten.
 *   KEYS  index, key...
 *   ARGV  boot, ending of each key
 */
export const REMOVE_KEYS = script(
  'remove-keys',
  'writes',
  `
for index = 2, #KEYS do
  redis.call('UNLINK', KEYS[index])
  redis.call('HDEL', KEYS[1], 'k' .. ARGV[index])
end
return 1
`,
);

/**
 * Ends a forgetting: the index and the activity log go last.
 *   KEYS  index, activity log, mark
 *   ARGV  boot, era, when it may be forgotten that this user was (ms)
 * If another era was begun meanwhile, nothing happens: whoever began it ends it.
 */
export const FINISH = script(
  'finish-forgetting',
  'writes',
  `
if redis.call('GET', KEYS[3]) ~= ARGV[2] .. 'p' then return 0 end
redis.call('UNLINK', KEYS[1], KEYS[2])
redis.call('SET', KEYS[3], ARGV[2], 'PXAT', ARGV[3])
return 1
`,
);

/**
 * Checkpoints in the order in which they were saved.
 *   KEYS  order, checkpoints
 *   ARGV  boot, first place, last place
 *   reply item, bytes...
 */
export const SAVED = script(
  'saved',
  'reads',
  `
local found = {}
for _, item in ipairs(redis.call('ZRANGE', KEYS[1], ARGV[2], ARGV[3])) do
  local bytes = redis.call('HGET', KEYS[2], item)
  if bytes then
    table.insert(found, item)
    table.insert(found, bytes)
  end
end
return found
`,
);
