import { partitionCount } from '../../partition.js';
import { Script } from './script.js';

/**
 * Renews a member's leases, takes free partitions up to its fair share and gives up what it has above that.
 *
 * KEYS: members, leases, group. ARGV: member, lease in ms. Returns the generation, then the partitions it owns.
 */
export const leaseScript = new Script(`
local members, leases, group = KEYS[1], KEYS[2], KEYS[3]
local member, leaseMs = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', members, now + leaseMs, member)
redis.call('ZREMRANGEBYSCORE', members, '-inf', '(' .. now)
redis.call('HSET', group, 'seen', now)
local share = math.ceil(${partitionCount} / redis.call('ZCARD', members))
local owners = {}
for partition = 0, ${partitionCount - 1} do
  local lease = redis.call('HGET', leases, partition)
  if lease then
    local untilMs, owner = string.match(lease, '^(%d+) (.*)$')
    if owner == member or tonumber(untilMs) >= now then owners[partition] = owner end
  end
end
local answer = {tonumber(redis.call('HGET', group, 'generation') or 0)}
local function take(wanted)
  for partition = 0, ${partitionCount - 1} do
    if owners[partition] == wanted then
      if #answer <= share then
        redis.call('HSET', leases, partition, string.format('%.0f', now + leaseMs) .. ' ' .. member)
        table.insert(answer, partition)
      elseif wanted == member then
        redis.call('HDEL', leases, partition)
      end
    end
  end
end
take(member)
take(nil)
return answer
`);

/** Gives a member's leases back. KEYS: members, leases. ARGV: member. */
export const releaseScript = new Script(`
redis.call('ZREM', KEYS[1], ARGV[1])
for partition = 0, ${partitionCount - 1} do
  local lease = redis.call('HGET', KEYS[2], partition)
  if lease and string.match(lease, '^%d+ (.*)$') == ARGV[1] then redis.call('HDEL', KEYS[2], partition) end
end
`);
