/**
 * Shares work between equal requests that are in flight at the same time. What is shared must be immutable:
 * callers parse it each for themselves.
 */
export class InFlight<Result> {
  readonly #running = new Map<string, Promise<Result>>();

  share(key: string, start: () => Promise<Result>): Promise<Result> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const promise = start().finally(() => this.#running.delete(key));
    this.#running.set(key, promise);
    return promise;
  }
}
