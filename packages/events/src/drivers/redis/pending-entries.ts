import type { Redis } from 'ioredis';

/** An entry of a stream: its id, and field after value; null when it was trimmed away. */
export type StreamEntry = readonly [id: string, fields: readonly string[] | null];

/** Which entries are to be claimed: those of others, or one's own as well. */
export interface Claim {
  readonly stream: string;
  readonly group: string;
  readonly member: string;
  readonly own: boolean;
  readonly max: number;
}

/**
 * Claims entries that somebody has begun and not finished, oldest first.
 * @returns them, and whether there may be more
 */
export async function claimPending(
  redis: Redis,
  { stream, group, member, own, max }: Claim,
): Promise<{ readonly entries: readonly StreamEntry[]; readonly more: boolean }> {
  const [, , , consumers] = (await redis.xpending(stream, group)) as [
    number,
    string,
    string,
    [string][] | null,
  ];
  const claimed = (consumers ?? []).map(([name]) => name).filter((name) => own || name !== member);
  const pending = await Promise.all(
    claimed.map((name) => redis.xpending(stream, group, '-', '+', max, name) as Promise<[string][]>),
  );
  const ids = pending
    .flat()
    .map(([id]) => id)
    .sort(byId);
  if (ids.length === 0) return { entries: [], more: false };
  const entries = await redis.xclaim(stream, group, member, 0, ...ids.slice(0, max));
  return { entries: entries as StreamEntry[], more: ids.length >= max };
}

/** The order of a stream's ids, `<ms>-<number>`. */
export function byId(a: string, b: string): number {
  const [one, other] = [a.split('-').map(Number), b.split('-').map(Number)] as [number[], number[]];
  return (one[0] as number) - (other[0] as number) || (one[1] as number) - (other[1] as number);
}
