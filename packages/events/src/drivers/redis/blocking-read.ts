import type { Redis } from 'ioredis';
import type { StreamEntry } from './pending-entries.js';

/** What to read, and on behalf of whom. */
export interface BlockingRead {
  readonly group: string;
  readonly member: string;
  readonly streams: readonly string[];
  /** Of each stream. */
  readonly max: number;
  readonly waitMs: number;
  /** The group's hash, whose generation is read with the entries. */
  readonly groupKey: string;
}

/** What was found: entries by stream. */
export interface Found {
  readonly streams: readonly (readonly [stream: string, entries: readonly StreamEntry[]])[];
  readonly generation: number;
}

/**
 * Reads what no member of the group has read. Waits for some; an abort ends the waiting through another connection.
 * @param reader  blocked meanwhile
 */
export async function readBlocking(
  reader: Redis,
  redis: Redis,
  { group, member, streams, max, waitMs, groupKey }: BlockingRead,
  signal: AbortSignal,
): Promise<Found> {
  const clientId = reader.client('ID');
  clientId.catch(() => {});
  const unblock = () => void clientId.then((id) => redis.client('UNBLOCK', id)).catch(() => {});
  signal.addEventListener('abort', unblock, { once: true });
  const from = ['COUNT', max, 'BLOCK', waitMs, 'STREAMS', ...streams, ...streams.map(() => '>')];
  const answers = await reader
    .pipeline()
    .call('XREADGROUP', 'GROUP', group, member, ...from)
    // Behind the entries, so that those of a group that was set back are never taken for old ones.
    .hget(groupKey, 'generation')
    .exec();
  signal.removeEventListener('abort', unblock);
  const [[failure, found], [, generation]] = answers as [
    [Error | null, Found['streams'] | null],
    [null, string | null],
  ];
  if (failure !== null) throw failure;
  return { streams: found ?? [], generation: Number(generation ?? 0) };
}
