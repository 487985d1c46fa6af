/**
 * The Redis store's operations, one Lua script each, over one key each: so they are atomic, and run on a cluster too. The
 * rules are those of `lease.ts`.
 */

/**
 * KEYS: the counter. ARGV: the operation (`lease`, `report` or `release`), session, limit, when to forget the counter,
 * spent, sequence, need, servers. Answers: granted to the session and spent by it; granted and spent in all.
 * Numbers are written with %.0f, since Lua turns those over 10^14 into 1e+14.
 */
export const changeScript = `
local function text(number) return string.format('%.0f', number) end
local session = ARGV[2]
local limit, spent, sequence = tonumber(ARGV[3]), tonumber(ARGV[5]), tonumber(ARGV[6])
local need, servers = tonumber(ARGV[7]), tonumber(ARGV[8])
local fields = { 'granted', 'spent', 'g:' .. session, 's:' .. session, 'q:' .. session }
local found = redis.call('HMGET', KEYS[1], unpack(fields))
local all, used = tonumber(found[1] or 0), tonumber(found[2] or 0)
local mine, gone = tonumber(found[3] or 0), tonumber(found[4] or 0)
if sequence > tonumber(found[5] or 0) then
  local spends = math.max(gone, spent)
  local holds = math.max(mine, spends)
  all, used = all + holds - mine, used + spends - gone
  mine, gone = holds, spends
  if ARGV[1] == 'lease' then
    local remaining = math.max(0, limit - all)
    local block = math.min(1000, math.max(1, math.floor(remaining / (10 * servers))))
    local added = math.min(math.max(0, math.max(block, need) - (mine - gone)), remaining)
    all, mine = all + added, mine + added
  elseif ARGV[1] == 'release' then
    all, mine = all - (mine - gone), gone
  end
  redis.call('HSET', KEYS[1], 'limit', ARGV[3], 'ends', ARGV[4], 'granted', text(all), 'spent', text(used),
    fields[3], text(mine), fields[4], text(gone), fields[5], ARGV[6])
  redis.call('PEXPIREAT', KEYS[1], ARGV[4])
end
return { mine, gone, all, used }
`;

/** KEYS: the sessions. ARGV: session, lifetime in milliseconds. Answers how many sessions live, by the server's clock. */
export const liveScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])
`;

/** KEYS: the note. ARGV: the version expected, text, when it ends, when to forget it. Answers 1 if it was written. */
export const noteScript = `
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or 0)
if version ~= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', version + 1, 'text', ARGV[2], 'ends', ARGV[3])
redis.call('PEXPIREAT', KEYS[1], ARGV[4])
return 1
`;
