/**
 * How long a Retry-After header asks to wait, in milliseconds from `now`; 0 without one.
 * Source: RFC 9110, section 10.2.3 (delay in seconds, or an HTTP date).
 */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const seconds = /^\s*\d+\s*$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isNaN(seconds) ? 0 : Math.max(0, seconds * 1000);
}
