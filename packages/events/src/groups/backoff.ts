/** How long to wait before a delivery. */
export interface BackoffLimits {
  readonly firstBackoffMs: number;
  readonly longestBackoffMs: number;
}

/**
 * Full jitter: any time up to `first * 2^(failures - 1)`, at most the longest
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function backoffMs(failures: number, { firstBackoffMs, longestBackoffMs }: BackoffLimits): number {
  return Math.random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** (failures - 1));
}

/** Resolves after the time, or as soon as the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
