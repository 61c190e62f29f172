import { isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { Rerun } from './rerun.js';
import type { SupergraphSource } from './supergraph-source.js';

/** Pause before a load that failed for a passing reason is tried again. */
const retryMs = 5000;

/** What a source watches while it is followed; `changed` says that it should be read again. */
export type Watch = (changed: () => void) => Disposable;

/** Follows something that can be read at any time and says when it may have changed. */
export class FollowingSource implements SupergraphSource {
  #offered: string;
  #rerun: Rerun | null = null;
  #watch: Disposable | null = null;
  #lastProblem = '';
  #retry: NodeJS.Timeout | undefined;

  /**
   * @param name  what it is, for the log
   * @param read  the supergraph as it is now; null when it is just being written. Rejects when there is none
   */
  constructor(
    private readonly name: string,
    readonly initialSdl: string,
    private readonly read: () => Promise<string | null>,
    private readonly watch: Watch,
    private readonly log: Logger,
  ) {
    this.#offered = initialSdl;
  }

  follow(load: (sdl: string) => Promise<unknown>): void {
    if (this.#rerun !== null) throw new TypeError('this source is followed already');
    this.#rerun = new Rerun(() => this.#offer(load));
    this.#watch = this.watch(this.#rerun.trigger);
    // It may have changed between the first read and now.
    this.#rerun.trigger();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch?.[Symbol.dispose]();
    await this.#rerun?.[Symbol.asyncDispose]();
    clearTimeout(this.#retry);
  }

  async #offer(load: (sdl: string) => Promise<unknown>): Promise<void> {
    try {
      const sdl = await this.read();
      if (sdl === null) return;
      if (sdl !== this.#offered) {
        this.#offered = sdl;
        await this.#load(load, sdl);
      }
      if (this.#lastProblem !== '')
        this.log.info({ source: this.name }, 'the supergraph source is well again');
      this.#lastProblem = '';
    } catch (error) {
      this.#report(error);
    }
  }

  async #load(load: (sdl: string) => Promise<unknown>, sdl: string): Promise<void> {
    clearTimeout(this.#retry);
    try {
      await load(sdl);
    } catch (error) {
      if (isDeskgraphError(error) && error.retryable) {
        this.#offered = '';
        this.#retry = setTimeout(() => this.#rerun?.trigger(), retryMs);
      }
      throw error;
    }
  }

  /** Once for as long as it stays the same: polling would repeat it for ever. */
  #report(error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    if (problem === this.#lastProblem) return;
    this.#lastProblem = problem;
    this.log.error(
      { source: this.name, problem },
      `no new supergraph from ${this.name}; the one in service stays. ${problem}`,
    );
  }
}
