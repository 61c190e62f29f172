import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { createEvent } from '../../create-event.js';
import type { EventEnvelope } from '../../envelope.js';
import type { Failure, GroupLog, LogEntry } from '../../groups/group-log.js';
import { partitionCount } from '../../partition.js';
import { readBlocking } from './blocking-read.js';
import { answered } from './connection.js';
import { DeadLetters } from './dead-letters.js';
import type { Keys } from './keys.js';
import { leaseScript, releaseScript } from './lease-script.js';
import { claimPending, type StreamEntry } from './pending-entries.js';

/** Longest wait of a read for events. */
const waitMs = 1_000;

/** What a group's storage is given. */
export interface RedisGroupLogOptions {
  readonly redis: Redis;
  /** A connection of its own, because reading blocks it. */
  readonly reader: Redis;
  readonly keys: Keys;
  readonly group: string;
  readonly types: () => ReadonlySet<string>;
}

/**
 * A consumer group on the streams of the partitions. Each process reads under a name of its own; who leases a
 * partition claims what was begun there and not finished: when it gets it, and again with each renewal, because one
 * that was paused may have read after it lost the lease.
 */
export class RedisGroupLog implements GroupLog {
  readonly #member = randomUUID();
  readonly #dead: DeadLetters;
  /** Partitions with entries to claim, and whether one's own are among them. */
  readonly #toClaim = new Map<number, { readonly own: boolean }>();
  /** Entries with a count of failures. */
  readonly #counted = new Set<string>();
  #generation = 0;
  #created = false;

  constructor(private readonly options: RedisGroupLogOptions) {
    this.#dead = new DeadLetters(options.redis, options.keys);
  }

  get generation(): number {
    return this.#generation;
  }

  async lease(leaseMs: number): Promise<ReadonlySet<number>> {
    const { redis, keys, group } = this.options;
    if (!this.#created) await answered(this.#create('$'));
    this.#created = true;
    const names = [keys.members(group), keys.leases(group), keys.group(group)];
    const leased = await answered(leaseScript.run(redis, names, [this.#member, leaseMs]));
    const [generation, ...partitions] = leased as [number, ...number[]];
    this.#generation = generation;
    for (const partition of partitions) {
      if (!this.#toClaim.has(partition)) this.#toClaim.set(partition, { own: false });
    }
    return new Set(partitions);
  }

  async release(): Promise<void> {
    const { redis, reader, keys, group } = this.options;
    reader.disconnect();
    await answered(releaseScript.run(redis, [keys.members(group), keys.leases(group)], [this.#member]));
  }

  async read(partitions: readonly number[], max: number, signal: AbortSignal): Promise<readonly LogEntry[]> {
    try {
      for (const partition of partitions) {
        const claimed = await this.#claim(partition, max);
        if (claimed.length > 0) return claimed;
      }
      return await this.#readNew(partitions, max, signal);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOGROUP')) throw error;
      // Redis was emptied: what is in it now is all new.
      await this.#create('0');
      return [];
    }
  }

  forget(partition: number): void {
    this.#toClaim.set(partition, { own: true });
  }

  async finish(entries: readonly LogEntry[]): Promise<void> {
    const { redis, keys, group } = this.options;
    const pipeline = redis.pipeline();
    for (const [partition, ids] of byPartition(entries)) {
      pipeline.xack(keys.partition(partition), group, ...ids);
      const counted = ids.filter((id) => this.#counted.delete(`${partition} ${id}`));
      if (counted.length > 0) pipeline.hdel(keys.failed(group), ...counted.map((id) => `${partition} ${id}`));
    }
    await answered(succeeded(pipeline.exec()));
  }

  async countDelivery({ partition, id }: LogEntry, deliveries: number): Promise<void> {
    const { redis, keys, group } = this.options;
    this.#counted.add(`${partition} ${id}`);
    await answered(redis.hset(keys.failed(group), `${partition} ${id}`, deliveries));
  }

  async bury({ partition, id, event }: LogEntry, failure: Failure): Promise<void> {
    await answered(this.#dead.add(this.options.group, partition, id, event, failure));
  }

  /** Makes the group where it is new, beginning after `id`. */
  async #create(id: '$' | '0'): Promise<void> {
    const { redis, keys, group, types } = this.options;
    const pipeline = redis.pipeline();
    pipeline.sadd(keys.groups, group);
    pipeline.hset(keys.group(group), 'types', JSON.stringify([...types()]));
    for (let partition = 0; partition < partitionCount; partition++) {
      pipeline.xgroup('CREATE', keys.partition(partition), group, id, 'MKSTREAM');
    }
    await succeeded(pipeline.exec(), 'BUSYGROUP');
  }

  async #claim(partition: number, max: number): Promise<LogEntry[]> {
    const claim = this.#toClaim.get(partition);
    if (claim === undefined) return [];
    const { redis, keys, group } = this.options;
    const stream = keys.partition(partition);
    const { entries, more } = await claimPending(redis, {
      stream,
      group,
      member: this.#member,
      ...claim,
      max,
    });
    if (!more) this.#toClaim.delete(partition);
    if (entries.length === 0) return [];
    const counts = await redis.hmget(keys.failed(group), ...entries.map(([id]) => `${partition} ${id}`));
    return this.#take(partition, entries, counts);
  }

  async #readNew(partitions: readonly number[], max: number, signal: AbortSignal): Promise<LogEntry[]> {
    if (signal.aborted) return [];
    const { redis, reader, keys, group } = this.options;
    const streams = partitions.map((partition) => keys.partition(partition));
    const found = await readBlocking(
      reader,
      redis,
      {
        group,
        member: this.#member,
        streams,
        max: Math.max(1, Math.floor(max / partitions.length)),
        waitMs,
        groupKey: keys.group(group),
      },
      signal,
    );
    this.#generation = found.generation;
    const taken = await Promise.all(
      found.streams.map(([stream, entries]) =>
        this.#take(partitions[streams.indexOf(stream)] as number, entries),
      ),
    );
    return taken.flat();
  }

  /** Keeps what is for this group, finishes the rest, and puts aside what cannot be read. */
  async #take(
    partition: number,
    entries: readonly StreamEntry[],
    counts: readonly (string | null)[] = [],
  ): Promise<LogEntry[]> {
    const { redis, keys, group, types } = this.options;
    const taken: LogEntry[] = [];
    const others: string[] = [];
    for (const [index, [id, fields]] of entries.entries()) {
      const event = readEvent(fields);
      const forGroup = fields?.[2] === 'g' ? fields[3] : group;
      const deliveries = Number(counts[index] ?? 0);
      if (deliveries > 0) this.#counted.add(`${partition} ${id}`);
      if (event === null) await this.#buryUnreadable(partition, id, fields);
      else if (forGroup !== group || !types().has(event.type)) others.push(id);
      else taken.push({ partition, id, event, deliveries });
    }
    if (others.length > 0) await answered(redis.xack(keys.partition(partition), group, ...others));
    return taken;
  }

  async #buryUnreadable(partition: number, id: string, fields: readonly string[] | null): Promise<void> {
    const event = createEvent({
      source: '/events',
      type: 'deskgraph.unreadable',
      topic: this.options.keys.partition(partition),
      data: fields,
    });
    const failure = { code: 'EVENT_INVALID', reason: 'The entry of the log is no event.', deliveries: 0 };
    await answered(this.#dead.add(this.options.group, partition, id, event, failure));
  }
}

/** An event that was checked when it was published; null for anything else. */
function readEvent(fields: readonly string[] | null): EventEnvelope | null {
  try {
    const event = fields?.[0] === 'e' ? (JSON.parse(fields[1] as string) as EventEnvelope) : null;
    const attributes = [event?.source, event?.id, event?.type, event?.topic, event?.partitionkey];
    return attributes.every((value) => typeof value === 'string') ? event : null;
  } catch {
    return null;
  }
}

function byPartition(entries: readonly LogEntry[]): Map<number, string[]> {
  const ids = new Map<number, string[]>();
  for (const { partition, id } of entries) {
    const known = ids.get(partition);
    if (known === undefined) ids.set(partition, [id]);
    else known.push(id);
  }
  return ids;
}

/** Rejects with the first failure of a pipeline, but for those with a prefix that is expected. */
async function succeeded(
  executing: Promise<[Error | null, unknown][] | null>,
  expected = 'none',
): Promise<void> {
  for (const [failure] of (await executing) ?? []) {
    if (failure !== null && !failure.message.startsWith(expected)) throw failure;
  }
}
