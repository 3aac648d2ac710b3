import { script } from '../script.js';

/**
 * Makes a space, or finds it.
 *   KEYS  meta
 *   ARGV  boot, shards, epoch
 *   reply {shards, epoch, '1' if it is ready}
 * The first one decides; again: the same answer.
 */
export const MAKE_SPACE = script(
  'make-space',
  'writes',
  `
if redis.call('HSETNX', KEYS[1], 'n', ARGV[2]) == 1 then redis.call('HSET', KEYS[1], 'e', ARGV[3]) end
return redis.call('HMGET', KEYS[1], 'n', 'e', 'ready')
`,
);

/**
 * Says that all shards of a space are there, and wakes those who wait for it.
 *   KEYS  meta
 *   ARGV  boot, channel, space
 */
export const READY = script(
  'ready',
  'writes',
  `
if redis.call('HSET', KEYS[1], 'ready', '1') == 1 then redis.call('SPUBLISH', ARGV[2], '0 meta ' .. ARGV[3]) end
return 1
`,
);

/**
 * A space that is ready.
 *   KEYS  meta
 *   ARGV  boot
 *   reply {shards, epoch, '1' | false}
 */
export const META = script('meta', 'reads', `return redis.call('HMGET', KEYS[1], 'n', 'e', 'ready')`);

/**
 * Adds batches to a space's feed, each once.
 *   KEYS  feed, fed, mark of the user in the space
 *   ARGV  boot, retention, era, holder, sequence of the holder that has to be there (0: none), then for each batch of it, in order:
 *         sequence, bytes
 *   reply high of the feed | 'missing': it is not there, and nothing was added
 * `fed` has the last sequence of each device: what is not above it was added before. What comes after its user was
 * forgotten is not added. `low` is what was trimmed.
 */
export const FEED = script(
  'feed',
  'writes',
  `
local high = tonumber(redis.call('HGET', KEYS[2], 'high') or '0')
local gone = redis.call('GET', KEYS[3])
if gone and tonumber(gone) > tonumber(ARGV[3]) then return string.format('%.0f', high) end
local fed = tonumber(redis.call('HGET', KEYS[2], ARGV[4]) or '0')
if fed < tonumber(ARGV[5]) then return 'missing' end
for index = 6, #ARGV, 2 do
  if tonumber(ARGV[index]) > fed then
    high = high + 1
    redis.call('XADD', KEYS[1], string.format('%.0f-0', high), 'b', ARGV[index + 1])
    redis.call('HSET', KEYS[2], 'high', string.format('%.0f', high), ARGV[4], ARGV[index])
  end
end
local excess = math.min(64, redis.call('XLEN', KEYS[1]) - tonumber(ARGV[2]))
if excess > 0 then
  redis.call('XTRIM', KEYS[1], 'MAXLEN', redis.call('XLEN', KEYS[1]) - excess)
  local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
  local low = first and tonumber(string.match(first[1], '^%d+')) - 1 or high
  redis.call('HSET', KEYS[2], 'low', string.format('%.0f', low))
end
return string.format('%.0f', high)
`,
);

/**
 * Adds a lesson to those of a space.
 *   KEYS  lessons, their state, tokens
 *   ARGV  boot, token, retention, most bytes, 16 bytes of who tells it and the lesson
 * Again: its token is among the newest 256, and nothing is done. The oldest go; the newest stays in any case.
 */
export const TELL = script(
  'tell',
  'writes',
  `
if redis.call('LPOS', KEYS[3], ARGV[2]) then return 0 end
redis.call('LPUSH', KEYS[3], ARGV[2])
redis.call('LTRIM', KEYS[3], 0, 255)
local high = tonumber(redis.call('HGET', KEYS[2], 'high') or '0') + 1
local size = tonumber(redis.call('HGET', KEYS[2], 'size') or '0') + #ARGV[5] - 16
redis.call('XADD', KEYS[1], string.format('%.0f-0', high), 'b', ARGV[5])
local count = redis.call('XLEN', KEYS[1])
while count > 1 and (count > tonumber(ARGV[3]) or size > tonumber(ARGV[4])) do
  local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
  redis.call('XDEL', KEYS[1], first[1])
  size = size - #first[2][2] + 16
  count = count - 1
end
redis.call('HSET', KEYS[2], 'high', string.format('%.0f', high), 'size', string.format('%.0f', size))
return 1
`,
);

/**
 * Entries of a feed, of lessons or of an activity log after an offset, in order.
 *   KEYS  stream, hash with its high
 *   ARGV  boot, field of the high, first offset, limit
 *   reply {high, low, {id, {'b', bytes, ...}}...}
 */
export const READ_FEED = script(
  'read-feed',
  'reads',
  `
local high = redis.call('HGET', KEYS[2], ARGV[2]) or '0'
local low = redis.call('HGET', KEYS[2], 'low')
low = low or string.format('%.0f', tonumber(high) - redis.call('XLEN', KEYS[1]))
return {high, low, redis.call('XRANGE', KEYS[1], ARGV[3], '+', 'COUNT', ARGV[4])}
`,
);

/**
 * Keeps a snapshot unless one of a higher offset is there.
 *   KEYS  snapshot
 *   ARGV  boot, offset, bytes
 */
export const SAVE_SNAPSHOT = script(
  'save-snapshot',
  'writes',
  `
local saved = redis.call('HGET', KEYS[1], 'o')
if saved and tonumber(saved) > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'o', ARGV[2], 'b', ARGV[3])
return 1
`,
);

/**
 *   KEYS  snapshot
 *   ARGV  boot
 *   reply {offset or false, bytes or false}
 */
export const LOAD_SNAPSHOT = script(
  'load-snapshot',
  'reads',
  `return redis.call('HMGET', KEYS[1], 'o', 'b')`,
);
