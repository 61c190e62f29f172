/** Runs a task after each trigger: one run at a time, and one more for all triggers that came during a run. */
export class Rerun implements AsyncDisposable {
  #running: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  /** @param task  must not reject */
  constructor(private readonly task: () => Promise<void>) {}

  readonly trigger = (): void => {
    if (this.#stopped) return;
    this.#again = true;
    this.#running ??= this.#run();
  };

  /** Resolves when the run in progress, if any, has ended. None follows. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      await this.task();
    }
    this.#running = null;
  }
}
