import { script } from '../script.js';

/*
 * A content is named by heads in other slots, so each naming is a claim of its own: a random word that the head keeps too.
 * It is pending (score: since when; member: claim, then where the head is) until the head is committed, then confirmed
 * (score: infinite; member: claim). A content is garbage as long as nobody has confirmed a claim on it, and is there for
 * readers as long as it has any claim or its grace is not over.
 */

/**
 * Whether a content is there for readers, with its size; a claim is made if one is given.
 *   KEYS  meta, claims
 *   ARGV  boot, now, grace, pending claim or ''
 *   reply size, or false
 */
export const CLAIM = script(
  'claim',
  'writes',
  `
local meta = redis.call('HMGET', KEYS[1], 'z', 's')
if not meta[1] then return false end
if redis.call('EXISTS', KEYS[2]) == 0 and tonumber(ARGV[2]) - tonumber(meta[2]) > tonumber(ARGV[3]) then return false end
if ARGV[4] ~= '' then redis.call('ZADD', KEYS[2], ARGV[2], ARGV[4]) end
return meta[1]
`,
);

/**
 * A pending claim becomes a confirmed one, unless it was released meanwhile.
 *   KEYS  meta, claims, garbage
 *   ARGV  boot, hash, claim, pending claim
 */
export const CONFIRM = script(
  'confirm',
  'writes',
  `
if redis.call('ZREM', KEYS[2], ARGV[4]) == 0 or redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('ZADD', KEYS[2], '+inf', ARGV[3])
redis.call('ZREM', KEYS[3], ARGV[2])
return 1
`,
);

/**
 * Where the claim of a head was lost with the content, it is pending again once the content is back.
 *   KEYS  claims
 *   ARGV  boot, claim, pending claim, now
 */
export const RENEW = script(
  'renew',
  'writes',
  `
if redis.call('ZSCORE', KEYS[1], ARGV[2]) then return 0 end
return redis.call('ZADD', KEYS[1], 'NX', ARGV[4], ARGV[3])
`,
);

/**
 * A claim that came to nothing is as if it had never been.
 *   KEYS  claims
 *   ARGV  boot, pending claim
 */
export const DROP_CLAIM = script('drop-claim', 'writes', `return redis.call('ZREM', KEYS[1], ARGV[2])`);

/**
 * A head names the content no more: where it was the last one, the grace begins.
 *   KEYS  meta, claims, garbage
 *   ARGV  boot, hash, claim, now, pending claim
 */
export const RELEASE = script(
  'release',
  'writes',
  `
if redis.call('ZREM', KEYS[2], ARGV[3], ARGV[5]) == 0 or redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('ZCOUNT', KEYS[2], '+inf', '+inf') == 0 then
  redis.call('HSET', KEYS[1], 's', ARGV[4])
  redis.call('ZADD', KEYS[3], ARGV[4], ARGV[2])
end
return 1
`,
);

/**
 * A content is there from now on; the grace of one that nobody names begins (again).
 *   KEYS  meta, chunks, claims, garbage, upload
 *   ARGV  boot, hash, size, now, chunks of the upload (0 = they follow here, -1 = there are none: only begin the grace), chunk...
 *   reply 'there' | 'gone': the upload was lost, or what should be there is not
 */
export const PUBLISH = script(
  'publish',
  'writes',
  `
local staged = tonumber(ARGV[5])
if redis.call('EXISTS', KEYS[1]) == 1 then
  if staged > 0 then redis.call('UNLINK', KEYS[5]) end
  if redis.call('ZCOUNT', KEYS[3], '+inf', '+inf') > 0 then return 'there' end
elseif staged < 0 then
  return 'gone'
elseif staged > 0 then
  if redis.call('HLEN', KEYS[5]) ~= staged then return 'gone' end
  redis.call('RENAME', KEYS[5], KEYS[2])
  redis.call('PERSIST', KEYS[2])
else
  redis.call('UNLINK', KEYS[2])
  for index = 6, #ARGV do redis.call('HSET', KEYS[2], index - 6, ARGV[index]) end
end
redis.call('HSET', KEYS[1], 'z', ARGV[3], 's', ARGV[4])
redis.call('ZADD', KEYS[4], ARGV[4], ARGV[2])
return 'there'
`,
);

/**
 * Chunks of a content on its way in. They go by themselves if it never arrives.
 *   KEYS  upload
 *   ARGV  boot, how long they live (ms), index of the first, chunk...
 */
export const STAGE = script(
  'stage',
  'writes',
  `
for index = 4, #ARGV do redis.call('HSET', KEYS[1], tonumber(ARGV[3]) + index - 4, ARGV[index]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`,
);

/**
 *   KEYS  upload
 *   ARGV  boot
 */
export const DISCARD = script('discard', 'writes', `return redis.call('UNLINK', KEYS[1])`);

/**
 * Chunks of a content that is there for readers.
 *   KEYS  meta, claims, chunks
 *   ARGV  boot, now, grace, first chunk, last chunk
 *   reply {size, chunk or false...} | false
 */
export const READ_BLOB = script(
  'read-blob',
  'reads',
  `
local meta = redis.call('HMGET', KEYS[1], 'z', 's')
if not meta[1] then return false end
if redis.call('EXISTS', KEYS[2]) == 0 and tonumber(ARGV[2]) - tonumber(meta[2]) > tonumber(ARGV[3]) then return false end
local reply = {meta[1]}
for index = tonumber(ARGV[4]), tonumber(ARGV[5]) do
  table.insert(reply, redis.call('HGET', KEYS[3], index) or '')
end
return reply
`,
);

/**
 * Removes a content that nobody names and that was named last at \`until\` or before.
 *   KEYS  meta, chunks, claims, garbage
 *   ARGV  boot, hash, until (ms, or 'inf'), claims pending since then or before are told (ms)
 *   reply pending claims that keep it, to be looked after
 */
export const REMOVE = script(
  'remove',
  'writes',
  `
if redis.call('EXISTS', KEYS[3]) == 1 then return redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[4], 'LIMIT', 0, 16) end
local since = redis.call('HGET', KEYS[1], 's')
if since and ARGV[3] ~= 'inf' and tonumber(since) > tonumber(ARGV[3]) then return {} end
redis.call('UNLINK', KEYS[1], KEYS[2])
redis.call('ZREM', KEYS[4], ARGV[2])
return {}
`,
);

/**
 * Contents of a partition that nobody has named since \`until\`, the longest first.
 *   KEYS  garbage
 *   ARGV  boot, until (ms), limit
 */
export const GARBAGE = script(
  'garbage',
  'reads',
  `return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'LIMIT', 0, ARGV[3])`,
);
