import { Script } from './script.js';

/** Events that a topic's history keeps, about. */
export const historyLength = 1_000;
/** How long events are kept. */
export const retentionMs = 24 * 60 * 60_000;
/** Identities that a partition remembers, to recognise what is published again. */
const rememberedIdentities = 4_096;

/**
 * Publishes events as one step: into the log of the partition, into the history of the topic, and to those who listen.
 * A topic's events are numbered without gaps while its history lives; a history that begins anew begins with the
 * time in microseconds, and so behind everything before. The message on the channel is the number, a `*` before it
 * where the history begins, and the event.
 *
 * ARGV: tag, then partition, identity, topic and JSON text of each event. Returns how many were new.
 */
export const publishScript = new Script(`
local tag = ARGV[1]
local time = redis.call('TIME')
local ms = time[1] * 1000 + math.floor(time[2] / 1000)
local published = 0
for i = 2, #ARGV, 4 do
  local partition, identity, topic, event = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local seen = tag .. ':seen:' .. partition
  if redis.call('ZADD', seen, 'NX', string.format('%.0f', ms * 1000 + i % 1000), identity) == 1 then
    redis.call('ZREMRANGEBYRANK', seen, 0, -${rememberedIdentities + 1})
    redis.call('XADD', tag .. ':p:' .. partition, '*', 'e', event)
    local stream = tag .. ':t:' .. topic
    local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
    local number, begins
    if last then
      number, begins = tonumber(string.match(last[1], '^%d+')) + 1, ''
    else
      number, begins = ms * 1000, '*'
    end
    local text = string.format('%.0f', number)
    redis.call('XADD', stream, 'MAXLEN', '~', ${historyLength}, text .. '-0', 'e', event)
    redis.call('PEXPIRE', stream, ${retentionMs})
    redis.call('PUBLISH', stream, begins .. text .. ' ' .. event)
    published = published + 1
  end
end
return published
`);
