/**
 * Takes a free lock and counts its holders, from the time in ms on: a Redis that lost its data gives no token again.
 * KEYS: lock, counter. ARGV: owner, time to live in ms. Returns the token, or nothing when it is held.
 */
export const takeScript = `
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return false end
local time = redis.call('TIME')
local token = math.max(
  tonumber(redis.call('GET', KEYS[2]) or 0) + 1,
  time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('SET', KEYS[2], string.format('%.0f', token), 'PX', 2592000000)
return token
`;

/** Sets the counter to at least a value. KEYS: counter. ARGV: value. */
export const raiseScript = `
if tonumber(redis.call('GET', KEYS[1]) or 0) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', 2592000000)
end
`;

/** KEYS: lock. ARGV: owner, time to live in ms. Returns 1 when it was the owner's. */
export const extendScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`;

/** KEYS: lock. ARGV: owner. Returns 1 when it was the owner's. */
export const giveScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`;
