import type { Logger } from '@deskgraph/plugin-sdk';
import type { Redis } from 'ioredis';
import { partitionCount } from '../../partition.js';
import type { Keys } from './keys.js';
import { byId } from './pending-entries.js';
import { retentionMs } from './publish-script.js';

const everyMs = 60_000;
/** A group that no process was seen of for this long holds nothing back any more. */
const abandonedAfterMs = 7 * 24 * 60 * 60_000;

/** Trims the log: what is older than events are kept, and finished by every group that lives. One process at a time. */
export class Trimming {
  readonly #timer: NodeJS.Timeout;
  #trimming: Promise<void> = Promise.resolve();

  constructor(
    private readonly redis: Redis,
    private readonly keys: Keys,
    private readonly log: Logger | undefined,
  ) {
    this.#timer = setInterval(() => {
      this.#trimming = this.trim();
    }, everyMs).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#trimming;
  }

  /** Never rejects. */
  async trim(nowMs = Date.now()): Promise<void> {
    try {
      const mine = await this.redis.set(this.keys.trimming, '1', 'PX', everyMs / 2, 'NX');
      if (mine === null) return;
      for (let partition = 0; partition < partitionCount; partition++) await this.#trim(partition, nowMs);
    } catch (error) {
      this.log?.warn({ error }, 'the log could not be trimmed; that is tried again');
    }
  }

  async #trim(partition: number, nowMs: number): Promise<void> {
    const stream = this.keys.partition(partition);
    const ids = [`${nowMs - retentionMs}-0`];
    for (const group of await this.redis.smembers(this.keys.groups)) {
      const seen = Number(await this.redis.hget(this.keys.group(group), 'seen'));
      if (seen >= nowMs - abandonedAfterMs) ids.push(...(await this.#neededBy(group, stream)));
    }
    await this.redis.xtrim(stream, 'MINID', '~', ids.sort(byId)[0] as string);
  }

  /** The oldest entry that a group has not finished; nothing where it never read. */
  async #neededBy(group: string, stream: string): Promise<string[]> {
    const groups = (await this.redis.xinfo('GROUPS', stream).catch(() => [])) as unknown[][];
    const fields = groups.find((found) => found[found.indexOf('name') + 1] === group);
    if (fields === undefined) return [];
    const [, oldestPending] = (await this.redis.xpending(stream, group)) as [number, string | null];
    return [oldestPending ?? String(fields[fields.indexOf('last-delivered-id') + 1])];
  }
}
