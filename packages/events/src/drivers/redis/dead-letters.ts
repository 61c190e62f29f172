import type { Redis } from 'ioredis';
import type { EventEnvelope } from '../../envelope.js';
import type { DeadLetter } from '../../event-bus.js';
import type { Failure } from '../../groups/group-log.js';
import { partitionOf } from '../../partition.js';
import type { Keys } from './keys.js';
import { Script } from './script.js';

/** KEYS: dead letters, the partition's stream. ARGV: group, entry, event, code, reason, deliveries. */
const buryScript = new Script(`
if redis.call('XACK', KEYS[2], ARGV[1], ARGV[2]) == 1 then
  redis.call('XADD', KEYS[1], '*', 'e', ARGV[3], 'c', ARGV[4], 'r', ARGV[5], 'd', ARGV[6])
end
`);

/** KEYS: dead letters, the partition's stream. ARGV: group, dead letter. Returns 1 when there was such a one. */
const redeliverScript = new Script(`
local found = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]
if not found then return 0 end
redis.call('XADD', KEYS[2], '*', 'e', found[2][2], 'g', ARGV[1])
return redis.call('XDEL', KEYS[1], ARGV[2])
`);

/** The events that groups could not handle: a stream for each group. */
export class DeadLetters {
  constructor(
    private readonly redis: Redis,
    private readonly keys: Keys,
  ) {}

  /** Puts an entry aside and finishes it, as one step; an entry that is finished already is left alone. */
  async add(
    group: string,
    partition: number,
    id: string,
    event: EventEnvelope,
    failure: Failure,
  ): Promise<void> {
    const { code, reason, deliveries } = failure;
    await buryScript.run(
      this.redis,
      [this.keys.dead(group), this.keys.partition(partition)],
      [group, id, JSON.stringify(event), code, reason, deliveries],
    );
  }

  count(group: string): Promise<number> {
    return this.redis.xlen(this.keys.dead(group));
  }

  async of(group: string, limit: number): Promise<DeadLetter[]> {
    const entries = await this.redis.xrange(this.keys.dead(group), '-', '+', 'COUNT', limit);
    return entries.map(([id, [, event, , code, , reason, , deliveries]]) => ({
      id: `${id}/${group}`,
      group,
      event: JSON.parse(event as string),
      code: code as string,
      reason: reason as string,
      deliveries: Number(deliveries),
      at: new Date(Number.parseInt(id, 10)).toISOString(),
    }));
  }

  /** Resolves with whether there was such a one. */
  async redeliver(letter: string): Promise<boolean> {
    const { group, id } = partsOf(letter);
    const [found] = await this.redis.xrange(this.keys.dead(group), id, id).catch(noSuchId);
    if (found === undefined) return false;
    const { partitionkey } = JSON.parse(found[1][1] as string) as EventEnvelope;
    const names = [this.keys.dead(group), this.keys.partition(partitionOf(partitionkey))];
    return (await redeliverScript.run(this.redis, names, [group, id])) === 1;
  }

  /** Resolves with whether there was such a one. */
  async discard(letter: string): Promise<boolean> {
    const { group, id } = partsOf(letter);
    return (await this.redis.xdel(this.keys.dead(group), id).catch(() => 0)) === 1;
  }
}

function partsOf(letter: string): { readonly group: string; readonly id: string } {
  const slash = letter.indexOf('/');
  return { id: letter.slice(0, Math.max(slash, 0)) || '0-0', group: letter.slice(slash + 1) };
}

/** A text that is no id names no dead letter. */
function noSuchId(error: Error): [] {
  if (error.message.includes('Invalid stream ID')) return [];
  throw error;
}
