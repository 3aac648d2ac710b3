import { script } from '../script.js';

/**
 * Applies a batch: the first of the two steps; the second is FEED, in the slot of the space.
 *   KEYS  index, state (of the user in the space), activity log, mark
 *   ARGV  boot, device, sequence, expected version of the context, token of this call, context, batch, retention,
 *         sequence that is known to be in the feed, ending of the state's key, era
 *   reply {'applied', fed, ending of the state of the device's batch before, or ''} | {'duplicate' | 'stale', fed} | {'gap', expected, fed} |
 *         {'forgotten'}; fed: the last sequence that is known to be in the feed, so that whoever applies the next batch repeats a second step
 *         that was cut off
 * Sequence, context and activity log change together. A call that is repeated finds its token and answers 'applied' again.
 */
export const APPLY = script(
  'apply',
  'writes',
  `
local era = redis.call('GET', KEYS[4]) or redis.call('HGET', KEYS[1], 'e') or '0'
if era ~= ARGV[11] then return {'forgotten'} end
local place, fedPlace = 'q' .. ARGV[2], 'f' .. ARGV[2]
local last = redis.call('HMGET', KEYS[1], place, fedPlace)
local applied = tonumber(last[1] and string.match(last[1], '^%d+') or '0')
local fed = last[2] or '0'
if tonumber(ARGV[9]) > tonumber(fed) then
  fed = ARGV[9]
  redis.call('HSET', KEYS[1], fedPlace, fed)
end
local sequence = tonumber(ARGV[3])
if sequence <= applied then
  if last[1] == table.concat({ARGV[3], ARGV[5], ARGV[10]}, ' ') then return {'applied', fed, ''} end
  return {'duplicate', fed}
end
if sequence > applied + 1 then return {'gap', string.format('%.0f', applied + 1), fed} end
local version = redis.call('HGET', KEYS[2], 'v') or era
if version ~= ARGV[4] then return {'stale', fed} end
redis.call('HSET', KEYS[2], 'v', string.format('%.0f', tonumber(version) + 1), 'c', ARGV[6])
local offset = redis.call('HINCRBY', KEYS[1], 'a', 1)
redis.call('HSET', KEYS[1], place, table.concat({ARGV[3], ARGV[5], ARGV[10]}, ' '), 'k' .. ARGV[10], '')
redis.call('XADD', KEYS[3], string.format('%.0f-0', offset), 'b', ARGV[7])
redis.call('XTRIM', KEYS[3], 'MAXLEN', ARGV[8])
return {'applied', fed, last[1] and string.match(last[1], '^%d+ %S+ (.*)$') or ''}
`,
);

/**
 * A user's context and recurrent state in a space.
 *   KEYS  state, mark, index
 *   ARGV  boot
 *   reply {version, context, version of the recurrent state, recurrent state, era}, false for each that is not there
 */
export const STATE = script(
  'state',
  'reads',
  `
local found = redis.call('HMGET', KEYS[1], 'v', 'c', 'rv', 'r')
local era = redis.call('GET', KEYS[2]) or redis.call('HGET', KEYS[3], 'e') or '0'
found[5] = string.match(era, '^%d+')
return found
`,
);

/**
 * Last applied batch of a device.
 *   KEYS  index
 *   ARGV  boot, device
 *   reply 'sequence token ending' or false
 */
export const SEQUENCE = script('sequence', 'reads', `return redis.call('HGET', KEYS[1], 'q' .. ARGV[2])`);

/**
 * Replaces the recurrent state if its version is still the expected one.
 *   KEYS  index, state, mark
 *   ARGV  boot, expected version, token of this call, bytes, ending of the state's key
 *   reply 1 | 0
 * A call that is repeated finds its token and answers 1 again.
 */
export const SAVE_RECURRENT = script(
  'save-recurrent',
  'writes',
  `
local era = redis.call('GET', KEYS[3]) or redis.call('HGET', KEYS[1], 'e') or '0'
if string.sub(era, -1) == 'p' then return 0 end
local saved = redis.call('HMGET', KEYS[2], 'rv', 'rt')
if saved[2] == ARGV[3] then return 1 end
if (saved[1] or era) ~= ARGV[2] then return 0 end
local version = string.format('%.0f', tonumber(ARGV[2]) + 1)
redis.call('HSET', KEYS[2], 'rv', version, 'r', ARGV[4], 'rt', ARGV[3])
redis.call('HSET', KEYS[1], 'k' .. ARGV[5], '')
return 1
`,
);

/**
 * Writes or replaces checkpoints, then removes those saved longest ago beyond the retention.
 *   KEYS  index, checkpoints, order, mark
 *   ARGV  boot, era, retention, ending of the checkpoints' key, ending of the order's key, then item, bytes...
 *   reply {'done'} | {'forgotten'}
 */
export const SAVE_CHECKPOINTS = script(
  'save-checkpoints',
  'writes',
  `
if (redis.call('GET', KEYS[4]) or redis.call('HGET', KEYS[1], 'e') or '0') ~= ARGV[2] then return {'forgotten'} end
redis.call('HSET', KEYS[1], 'k' .. ARGV[4], '', 'k' .. ARGV[5], '')
for index = 6, #ARGV, 2 do
  redis.call('HSET', KEYS[2], ARGV[index], ARGV[index + 1])
  redis.call('ZADD', KEYS[3], redis.call('HINCRBY', KEYS[1], 'c', 1), ARGV[index])
end
local excess = redis.call('ZCARD', KEYS[3]) - tonumber(ARGV[3])
if excess > 0 then
  for _, item in ipairs(redis.call('ZRANGE', KEYS[3], 0, excess - 1)) do
    redis.call('HDEL', KEYS[2], item)
    redis.call('ZREM', KEYS[3], item)
  end
end
return {'done'}
`,
);

/**
 * Fields of a hash, in the order asked for.
 *   KEYS  hash
 *   ARGV  boot, field...
 */
export const FIELDS = script(
  'fields',
  'reads',
  `
local values = {}
for index = 2, #ARGV do values[index - 1] = redis.call('HGET', KEYS[1], ARGV[index]) end
return values
`,
);

/**
 * All fields and values of a hash.
 *   KEYS  hash
 *   ARGV  boot
 */
export const WHOLE = script('whole', 'reads', `return redis.call('HGETALL', KEYS[1])`);

/**
 * Takes items out of a manifest, then puts items in.
 *   KEYS  index, manifest, mark
 *   ARGV  boot, era, most items, ending of the manifest's key, whose it is, number of items to drop, items to drop...,
 *         item, hash...
 *   reply {'done'} | {'forgotten'} | {'full', items it would have}: nothing was changed
 */
export const CHANGE_MANIFEST = script(
  'change-manifest',
  'writes',
  `
if (redis.call('GET', KEYS[3]) or redis.call('HGET', KEYS[1], 'e') or '0') ~= ARGV[2] then return {'forgotten'} end
local drops = tonumber(ARGV[6])
local size = redis.call('HLEN', KEYS[2])
for index = 7, 6 + drops do size = size - redis.call('HEXISTS', KEYS[2], ARGV[index]) end
for index = 7 + drops, #ARGV, 2 do size = size + 1 - redis.call('HEXISTS', KEYS[2], ARGV[index]) end
if size > tonumber(ARGV[3]) then return {'full', size} end
redis.call('HSET', KEYS[1], 'k' .. ARGV[4], ARGV[5])
for index = 7, 6 + drops do redis.call('HDEL', KEYS[2], ARGV[index]) end
for index = 7 + drops, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[index], ARGV[index + 1]) end
return {'done'}
`,
);

/**
 * Puts a manifest in the place of another.
 *   KEYS  index, manifest, mark
 *   ARGV  boot, era, ending of the manifest's key, whose it is, then item, hash...
 *   reply {'done'} | {'forgotten'}
 */
export const REPLACE_MANIFEST = script(
  'replace-manifest',
  'writes',
  `
if (redis.call('GET', KEYS[3]) or redis.call('HGET', KEYS[1], 'e') or '0') ~= ARGV[2] then return {'forgotten'} end
redis.call('HSET', KEYS[1], 'k' .. ARGV[3], ARGV[4])
redis.call('UNLINK', KEYS[2])
for index = 5, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[index], ARGV[index + 1]) end
return {'done'}
`,
);
