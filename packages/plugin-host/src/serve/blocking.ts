import type { Logger } from '@deskgraph/plugin-sdk';

/** A synchronous stretch longer than this is reported: nothing else in the process runs meanwhile. */
const blockingMs = 100;

/**
 * Runs plugin code and reports it when it held the event loop. What it does after its first await is not seen here,
 * but by the EventLoopWatch.
 */
export function reportBlocking<T>(log: Logger, plugin: string, phase: 'start' | 'serve', work: () => T): T {
  const begin = performance.now();
  try {
    return work();
  } finally {
    const blockedMs = Math.round(performance.now() - begin);
    if (blockedMs > blockingMs) {
      log.warn(
        { plugin, phase, blockedMs },
        `plugin ${plugin} held the process for ${blockedMs} ms; move the work off the event loop, or run the plugin remotely`,
      );
    }
  }
}
