import type { Logger } from '@deskgraph/plugin-sdk';

const intervalMs = 100;
/** Later than this a timer is reported. Above what a busy machine or the garbage collector does by themselves. */
const lateMs = 250;

/**
 * Notices when the event loop was held, wherever that happened, and names the plugins that had calls at the time:
 * one of them is the likely cause.
 */
export class EventLoopWatch {
  #timer: NodeJS.Timeout | undefined;

  /** @param busyPlugins names those that had calls since it was asked last */
  constructor(
    private readonly log: Logger,
    private readonly busyPlugins: () => readonly string[],
  ) {}

  /** Watches until `stop`; keeps no process alive. */
  start(): void {
    let expected = performance.now() + intervalMs;
    this.#timer = setInterval(() => {
      const late = Math.round(performance.now() - expected);
      expected = performance.now() + intervalMs;
      const plugins = this.busyPlugins();
      if (late < lateMs || plugins.length === 0) return;
      this.log.warn(
        { plugins, phase: 'serve', blockedMs: late },
        `the process was held for ${late} ms while these plugins had calls: ${plugins.join(', ')}`,
      );
    }, intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
