import { script } from '../script.js';

/*
 * How a store is read as an archive: no shard is adopted, nothing is changed. What brings marks to where
 * they belong is here too.
 */

/**
 * A shard as whoever adopts it now would find it: its log goes on under another epoch where its server was started again in
 * place, and where it was lost. That epoch follows from what is there, so it is the same when it is asked again.
 *   KEYS  state, log
 *   ARGV  boot, epoch of the space
 *   reply {epoch, high, length}
 */
export const SHARD_AS_FOUND = script(
  'shard-as-found',
  'reads',
  `
local state = redis.call('HMGET', KEYS[1], 'b', 'e', 'h')
local epoch = state[2]
if not state[1] then epoch = string.sub(redis.sha1hex(ARGV[2] .. ARGV[1]), 1, 16)
elseif state[1] ~= ARGV[1] and string.match(state[1], '^%S+') == string.match(ARGV[1], '^%S+') then
  epoch = string.sub(redis.sha1hex(epoch .. ARGV[1]), 1, 16)
end
return {epoch, state[3] or '0', redis.call('XLEN', KEYS[2])}
`,
);

/**
 * Live items in order of their bytes.
 *   KEYS  live, heads
 *   ARGV  boot, from (as ZRANGEBYLEX takes it), limit
 *   reply item, change...
 */
export const LIVE_HEADS = script(
  'live-heads',
  'reads',
  `
local found = {}
for _, item in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], ARGV[2], '+', 'LIMIT', 0, ARGV[3])) do
  table.insert(found, item)
  table.insert(found, redis.call('HGET', KEYS[2], item) or '')
end
return found
`,
);

/**
 * Entries of a log with the heads of deleted items, which only the log leads to.
 *   KEYS  log, heads
 *   ARGV  boot, first offset, limit
 *   reply {{id, {'c', change, ...}}...}, {head...}
 */
export const LOG_WITH_DELETES = script(
  'log-with-deletes',
  'reads',
  `
local page, deleted = redis.call('XRANGE', KEYS[1], ARGV[2], '+', 'COUNT', ARGV[3]), {}
for _, entry in ipairs(page) do
  local change, item = entry[2][2], entry[2][4]
  if string.sub(change, 17, 17) == 'D' then
    local head = redis.call('HGET', KEYS[2], item)
    if head and string.sub(head, 1, 16) == string.sub(change, 1, 16) then table.insert(deleted, head) end
  end
end
return {page, deleted}
`,
);

/**
 * A content that is there for readers.
 *   KEYS  meta, claims
 *   ARGV  boot, as of (ms), grace
 *   reply {size, since when nobody names it, or false} | false
 */
export const BLOB_AS_OF = script(
  'blob-as-of',
  'reads',
  `
local meta = redis.call('HMGET', KEYS[1], 'z', 's')
if not meta[1] then return false end
if redis.call('EXISTS', KEYS[2]) == 1 then return {meta[1], false} end
if tonumber(ARGV[2]) - tonumber(meta[2]) > tonumber(ARGV[3]) then return false end
return {meta[1], meta[2]}
`,
);

/**
 *   KEYS  live items and log of a shard, or a feed
 *   ARGV  boot
 *   reply how much there is of all
 */
export const SIZES = script(
  'sizes',
  'reads',
  `
local total = 0
for _, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  if kind == 'zset' then total = total + redis.call('ZCARD', key) end
  if kind == 'stream' then total = total + redis.call('XLEN', key) end
end
return total
`,
);

/**
 *   KEYS  mark
 *   ARGV  boot
 *   reply {era or false, when it may be forgotten (ms), -1 = never}
 */
export const COPIED_MARK = script(
  'copied-mark',
  'reads',
  `return {redis.call('GET', KEYS[1]), redis.call('PEXPIRETIME', KEYS[1])}`,
);

/**
 * A mark, unless there is one: that is newer.
 *   KEYS  mark
 *   ARGV  boot, era, when it may be forgotten (ms), -1 = never
 */
export const BRING_MARK = script(
  'bring-mark',
  'writes',
  `
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if ARGV[3] == '-1' then redis.call('SET', KEYS[1], ARGV[2]) else redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3]) end
return 1
`,
);

/**
 *   KEYS  key
 *   ARGV  boot
 */
export const DROP_KEY = script('drop-key', 'writes', `return redis.call('UNLINK', KEYS[1])`);

/**
 * The layout, if there is one.
 *   KEYS  layout
 *   ARGV  boot
 */
export const READ_LAYOUT = script('read-layout', 'reads', `return redis.call('GET', KEYS[1])`);
