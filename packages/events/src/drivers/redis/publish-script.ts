import { Script } from './script.js';

/** Events that a topic's history keeps, about. */
export const historyLength = 10_000;
/** How long events are kept. */
export const retentionMs = 24 * 60 * 60_000;
/** Identities that a partition remembers at least, to recognise what is published again; at most twice as many. */
const rememberedIdentities = 4_096;

/**
 * Publishes events as one step: into the log of the partition, into the history of the topic, and to those who listen.
 * The message on the channel is the event's id in the history, and the event.
 *
 * Identities are remembered in two sets: a full one takes the other's place, which is dropped with what it had.
 *
 * ARGV: tag, then partition, identity, topic and JSON text of each event. Returns how many were new.
 */
export const publishScript = new Script(`
local tag, call = ARGV[1], redis.call
local published = 0
for i = 2, #ARGV, 4 do
  local partition, identity, event = ARGV[i], ARGV[i + 1], ARGV[i + 3]
  local seen, before = tag .. ':seen:' .. partition, tag .. ':seen-before:' .. partition
  if call('SISMEMBER', before, identity) == 0 and call('SADD', seen, identity) == 1 then
    local stream = tag .. ':t:' .. ARGV[i + 2]
    call('XADD', tag .. ':p:' .. partition, '*', 'e', event)
    local id = call('XADD', stream, 'MAXLEN', '~', ${historyLength}, '*', 'e', event)
    call('PEXPIRE', stream, ${retentionMs})
    call('PUBLISH', stream, id .. ' ' .. event)
    published = published + 1
    if call('SCARD', seen) >= ${rememberedIdentities} then call('RENAME', seen, before) end
  end
end
return published
`);
