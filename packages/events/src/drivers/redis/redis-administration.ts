import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { Redis } from 'ioredis';
import type { BusAdministration, DeadLetter, GroupState } from '../../event-bus.js';
import { historyGone } from '../../history-gone.js';
import { partitionCount } from '../../partition.js';
import { DeadLetters } from './dead-letters.js';
import type { Keys } from './keys.js';
import { Script } from './script.js';

const defaultLimit = 100;
const pageSize = 1_000;

/** KEYS: group, then the partitions' streams. ARGV: group, the id to go on after. As one step. */
const setBackScript = new Script(`
redis.call('HINCRBY', KEYS[1], 'generation', 1)
for i = 2, #KEYS do redis.call('XGROUP', 'SETID', KEYS[i], ARGV[1], ARGV[2]) end
`);

/** How far a group is behind in one partition. */
interface Behind {
  readonly lag: number;
  /** Time of the oldest unfinished event, in ms; null without any. */
  readonly oldestMs: number | null;
}

/** What operators do with the groups in Redis. */
export class RedisAdministration implements BusAdministration {
  readonly #dead: DeadLetters;

  constructor(
    private readonly redis: Redis,
    private readonly keys: Keys,
  ) {
    this.#dead = new DeadLetters(redis, keys);
  }

  async groups(): Promise<readonly GroupState[]> {
    const names = (await this.redis.smembers(this.keys.groups)).sort();
    return Promise.all(names.map((group) => this.#state(group)));
  }

  async deadLetters(
    options: { readonly group?: string; readonly limit?: number } = {},
  ): Promise<readonly DeadLetter[]> {
    const { group, limit = defaultLimit } = options;
    const names = group === undefined ? await this.redis.smembers(this.keys.groups) : [group];
    const letters = await Promise.all(names.map((name) => this.#dead.of(name, limit)));
    return letters
      .flat()
      .sort((a, b) => a.at.localeCompare(b.at))
      .slice(0, limit);
  }

  async redeliver(ids: readonly string[]): Promise<number> {
    let count = 0;
    for (const id of ids) if (await this.#dead.redeliver(id)) count++;
    return count;
  }

  async discard(ids: readonly string[]): Promise<number> {
    let count = 0;
    for (const id of ids) if (await this.#dead.discard(id)) count++;
    return count;
  }

  async replay(group: string, since: Date): Promise<number> {
    const { redis, keys } = this;
    if ((await redis.sismember(keys.groups, group)) === 0) {
      throw new DeskgraphError('NOT_FOUND', `There is no consumer group ${group}.`);
    }
    const types = new Set(JSON.parse((await redis.hget(keys.group(group), 'types')) ?? '[]') as string[]);
    const streams = Array.from({ length: partitionCount }, (_, partition) => keys.partition(partition));
    const counts = await Promise.all(streams.map((stream) => this.#countSince(stream, since, types)));
    const before = `${since.getTime() - 1}-18446744073709551615`;
    await setBackScript.run(redis, [keys.group(group), ...streams], [group, before]);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async #state(group: string): Promise<GroupState> {
    const { redis, keys } = this;
    const partitions = Array.from({ length: partitionCount }, (_, partition) => partition);
    const behind = await Promise.all(partitions.map((partition) => this.#behind(group, partition)));
    const [seconds, microseconds] = await redis.time();
    const nowMs = Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
    const oldest = behind.flatMap(({ oldestMs }) => (oldestMs === null ? [] : [oldestMs]));
    return {
      group,
      members: await redis.zcount(keys.members(group), nowMs, '+inf'),
      lag: behind.reduce((sum, { lag }) => sum + lag, 0),
      lagMs: oldest.length === 0 ? 0 : Math.max(0, nowMs - Math.min(...oldest)),
      deadLetters: await this.#dead.count(group),
    };
  }

  async #behind(group: string, partition: number): Promise<Behind> {
    const stream = this.keys.partition(partition);
    const groups = (await this.redis.xinfo('GROUPS', stream).catch(() => [])) as unknown[][];
    const fields = groups.find((found) => found[found.indexOf('name') + 1] === group);
    if (fields === undefined) return { lag: 0, oldestMs: null };
    const field = (name: string) => fields[fields.indexOf(name) + 1];
    const [pending, oldestPending] = (await this.redis.xpending(stream, group)) as [number, string | null];
    const after = `(${String(field('last-delivered-id'))}`;
    const [next] = await this.redis.xrange(stream, after, '+', 'COUNT', 1);
    // Not known after the group was set back: then at least that there is one.
    const unread = field('lag') === null ? await this.#countAfter(stream, after) : Number(field('lag'));
    const oldest = oldestPending ?? next?.[0];
    return {
      lag: pending + unread,
      oldestMs: oldest === undefined ? null : Number.parseInt(oldest, 10),
    };
  }

  async #countAfter(stream: string, after: string): Promise<number> {
    let count = 0;
    for (let from = after; ; ) {
      const page = await this.redis.xrange(stream, from, '+', 'COUNT', pageSize);
      count += page.length;
      if (page.length < pageSize) return count;
      from = `(${page.at(-1)?.[0]}`;
    }
  }

  /** @throws DeskgraphError RESUME_GAP when events since then were trimmed away */
  async #countSince(stream: string, since: Date, types: ReadonlySet<string>): Promise<number> {
    const info = (await this.redis.xinfo('STREAM', stream)) as unknown[];
    const field = (name: string) => info[info.indexOf(name) + 1];
    const first = Number.parseInt((field('first-entry') as [string] | null)?.[0] ?? '', 10);
    const trimmed = Number(field('entries-added')) > Number(field('length'));
    if (trimmed && !(first <= since.getTime())) throw historyGone();
    let count = 0;
    for (let from = `${since.getTime()}-0`; ; ) {
      const page = await this.redis.xrange(stream, from, '+', 'COUNT', pageSize);
      count += page.filter(([, [, event]]) => types.has(typeOf(event))).length;
      if (page.length < pageSize) return count;
      from = `(${page.at(-1)?.[0]}`;
    }
  }
}

function typeOf(event: string | undefined): string {
  try {
    return (JSON.parse(event ?? '') as { type: string }).type;
  } catch {
    return '';
  }
}
