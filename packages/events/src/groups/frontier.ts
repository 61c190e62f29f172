/** Those who wait for the log to move on. */
export class Frontier {
  readonly #waiting = new Set<() => void>();

  /** The log has moved. */
  move(): void {
    for (const resolve of [...this.#waiting]) resolve();
  }

  /** Resolves when it moves, after the time, or when the signal aborts. */
  moved(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.#waiting.delete(end);
        resolve();
      };
      const timer = setTimeout(end, timeoutMs);
      signal.addEventListener('abort', end, { once: true });
      this.#waiting.add(end);
      if (signal.aborted) end();
    });
  }
}
