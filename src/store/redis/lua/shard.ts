import { script } from '../script.js';

/**
 * How a change is kept, in the log and as an item's head: what the script has to compare is in front, at fixed places.
 *
 *   1-16 version, decimal   17 L live, D deleted   18-49 hash   50-65 digest of size and edges
 *   66-81 claim on the content   82 L or D and 83-114 hash of what it replaced   115- the change, encoded
 */
export const CHANGE_HEAD_BYTES = 114;

/**
 * Takes a shard's state over for the process that answers now.
 *   KEYS  state
 *   ARGV  boot, epoch for a log that has none, 'first' if it may be new
 *   reply {epoch, 'made' | 'kept' | 'renewed' | 'lost'}
 * A log that is not there is made, under the given epoch. One whose server was started again in place may have lost its end:
 * it goes on under the given epoch, so that nobody resumes in what was. A failover keeps the epoch: what was shown before is
 * on the replica. Again: nothing changes, 'kept'.
 */
export const ADOPT = script(
  'adopt',
  'writes',
  `
local boot = redis.call('HGET', KEYS[1], 'b')
if not boot then
  redis.call('HSET', KEYS[1], 'b', ARGV[1], 'e', ARGV[2])
  return {ARGV[2], ARGV[3] == 'first' and 'made' or 'lost'}
end
local epoch = redis.call('HGET', KEYS[1], 'e')
if boot == ARGV[1] then return {epoch, 'kept'} end
local server = string.match(boot, '^%S+')
if server ~= string.match(ARGV[1], '^%S+') then
  redis.call('HSET', KEYS[1], 'b', ARGV[1])
  return {epoch, 'kept'}
end
redis.call('HSET', KEYS[1], 'b', ARGV[1], 'e', ARGV[2])
return {ARGV[2], 'renewed'}
`,
);

/**
 * One change of an item, or none.
 *   KEYS  state, heads, live, log, releases
 *   ARGV  boot, item, hash (32 bytes, empty to delete), digest (16), claim (16), '1' if the content is there,
 *         condition ('always', 'absent' or the hash that has to be there), retention, change without its head,
 *         channel, place (shard and space, for the wake-up), times that it was sent before, now (ms)
 *   reply {'boot'}: adopt the shard first | {'unchanged' | 'conflict', epoch, change or ''} | {'absent'}: put the content
 *         first | {'committed', epoch, change, claim, hash and item to release...}
 * Condition, head, list of live items, log entry, what is to be released and the wake-up are one step. An attempt that is
 * repeated finds its own claim in the head (or, from the second on, in the newest part of the log) and answers the same.
 */
export const COMMIT = script(
  'commit',
  'writes',
  `
if redis.call('HGET', KEYS[1], 'b') ~= ARGV[1] then return {'boot'} end
local epoch = redis.call('HGET', KEYS[1], 'e')
local item, hash, digest, claim = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local current = redis.call('HGET', KEYS[2], item)
local before = ''
if current and string.sub(current, 17, 17) == 'L' then before = string.sub(current, 18, 49) end
if current and string.sub(current, 66, 81) == claim then return {'committed', epoch, current} end
if ARGV[12] ~= '0' then
  for _, entry in ipairs(redis.call('XREVRANGE', KEYS[4], '+', '-', 'COUNT', 512)) do
    if string.sub(entry[2][2], 66, 81) == claim then return {'committed', epoch, entry[2][2]} end
  end
end
if before ~= '' and before == hash and string.sub(current, 50, 65) == digest then
  return {'unchanged', epoch, current}
end
local condition = ARGV[7]
local holds = condition == 'always' or (condition == 'absent' and before == '') or condition == before
if not holds or (hash == '' and before == '') then return {'conflict', epoch, current or ''} end
if hash ~= '' and ARGV[6] ~= '1' then return {'absent'} end

local version = redis.call('HINCRBY', KEYS[1], 'h', 1)
local zeros = string.rep('\\0', 32)
local change = string.format('%016.0f', version)
  .. (hash == '' and 'D' .. zeros or 'L' .. hash) .. digest .. claim
  .. (before == '' and 'D' .. zeros or 'L' .. before) .. ARGV[9]
redis.call('HSET', KEYS[2], item, change)
if hash == '' then redis.call('ZREM', KEYS[3], item) else redis.call('ZADD', KEYS[3], 0, item) end
redis.call('XADD', KEYS[4], string.format('%.0f-0', version), 'c', change, 'i', item)

local excess = math.min(64, redis.call('XLEN', KEYS[4]) - tonumber(ARGV[8]))
if excess > 0 then
  for _, entry in ipairs(redis.call('XRANGE', KEYS[4], '-', '+', 'COUNT', excess)) do
    local old, name = entry[2][2], entry[2][4]
    if string.sub(old, 17, 17) == 'D' then
      local head = redis.call('HGET', KEYS[2], name)
      if head and string.sub(head, 1, 16) == string.sub(old, 1, 16) then redis.call('HDEL', KEYS[2], name) end
    end
  end
  redis.call('XTRIM', KEYS[4], 'MAXLEN', redis.call('XLEN', KEYS[4]) - excess)
end

local reply = {'committed', epoch, change}
local now = tonumber(ARGV[13])
if before ~= '' then
  local release = string.sub(current, 66, 81) .. before .. item
  redis.call('ZADD', KEYS[5], now, release)
  table.insert(reply, release)
end
for _, release in ipairs(redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', now - 60000, 'LIMIT', 0, 4)) do
  table.insert(reply, release)
end
redis.call('SPUBLISH', ARGV[10], string.format('%.0f ', version) .. ARGV[11])
return reply
`,
);

/**
 * Forgets what was released.
 *   KEYS  releases
 *   ARGV  boot, claim, hash and item...
 */
export const RELEASED = script(
  'released',
  'writes',
  `
for index = 2, #ARGV do redis.call('ZREM', KEYS[1], ARGV[index]) end
return 1
`,
);

/**
 * Changes of a log after an offset, in order.
 *   KEYS  state, log
 *   ARGV  boot, first offset, limit (0 = bounds only)
 *   reply {'boot'} | {epoch, high, length, {id, {'c', change, ...}}...}
 */
export const READ_LOG = script(
  'read-log',
  'reads',
  `
local state = redis.call('HMGET', KEYS[1], 'b', 'e', 'h')
if state[1] ~= ARGV[1] then return {'boot'} end
local entries = {}
if ARGV[3] ~= '0' then entries = redis.call('XRANGE', KEYS[2], ARGV[2], '+', 'COUNT', ARGV[3]) end
return {state[2], state[3] or '0', redis.call('XLEN', KEYS[2]), entries}
`,
);

/**
 * Last changes of items, deletes that are remembered included.
 *   KEYS  state, heads
 *   ARGV  boot, item...
 *   reply {'boot'} | {epoch, change or false...}
 */
export const HEADS = script(
  'heads',
  'reads',
  `
local state = redis.call('HMGET', KEYS[1], 'b', 'e')
if state[1] ~= ARGV[1] then return {'boot'} end
local changes = {}
for index = 2, #ARGV do changes[index - 1] = redis.call('HGET', KEYS[2], ARGV[index]) end
return {state[2], changes}
`,
);

/**
 * Changes of live items in order of their bytes.
 *   KEYS  state, live, heads
 *   ARGV  boot, from, to (as ZRANGEBYLEX takes them), limit
 *   reply {'boot'} | {epoch, item, change...}
 */
export const LIST = script(
  'list',
  'reads',
  `
local state = redis.call('HMGET', KEYS[1], 'b', 'e')
if state[1] ~= ARGV[1] then return {'boot'} end
local found = {}
for _, item in ipairs(redis.call('ZRANGEBYLEX', KEYS[2], ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[4])) do
  table.insert(found, item)
  table.insert(found, redis.call('HGET', KEYS[3], item))
end
return {state[2], found}
`,
);
