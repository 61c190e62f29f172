import { InvalidArgumentError } from 'commander';

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `15m`, `2h` or `1d` in milliseconds, for an option. */
export function duration(text: string): number {
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError('It must be a number with s, m, h or d, such as 15m.');
}

/** A time: that long ago (`2h`), or as RFC 3339 writes it; for an option. */
export function since(text: string): Date {
  const ago = durationMs(text);
  if (ago !== undefined) return new Date(Date.now() - ago);
  const time = /^\d{4}-\d\d-\d\d(T|$)/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError('It must be how long ago (15m, 2h, 1d) or a time (2026-01-31T08:00:00Z).');
}

/** For people: `0 s`, `12 s`, `3 min`, `5 h`, `2 d`. */
export function readableDuration(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}

function durationMs(text: string): number | undefined {
  const found = /^(\d{1,6})([smhd])$/.exec(text);
  return found === null ? undefined : Number(found[1]) * (unitMs[found[2] as string] as number);
}
