import type { Logger } from '@deskgraph/plugin-sdk';

const defaultPollMs = 500;

/** What a loop does. */
export interface WokenLoopOptions {
  /** Resolves with whether there may be more to do at once. */
  readonly work: () => Promise<boolean>;
  readonly logger?: Logger | undefined;
  /** Longest time without a look, default 500 ms. */
  readonly pollMs?: number | undefined;
}

/** Publishes when it is woken, and looks by itself besides; one run at a time. Failures are told once, and tried again. */
export class WokenLoop {
  #working: Promise<void> | null = null;
  /** It was woken since the run began. */
  #again = false;
  #failed = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: WokenLoopOptions) {
    this.#schedule();
  }

  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#working ??= this.#run();
  }

  /** Resolves when a run that began after this call is over, whether it succeeded or not. */
  async settle(): Promise<void> {
    this.wake();
    await this.#working;
  }

  /** Resolves when the run at hand is over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.wake();
      this.#schedule();
    }, this.options.pollMs ?? defaultPollMs).unref();
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        if (await this.options.work()) this.#again = true;
        if (this.#failed) this.options.logger?.info({}, 'events are published again');
        this.#failed = false;
      } catch (error) {
        if (!this.#failed) {
          this.options.logger?.error({ error }, 'events cannot be published for now; that is tried again');
        }
        this.#failed = true;
      }
    }
    this.#working = null;
  }
}
