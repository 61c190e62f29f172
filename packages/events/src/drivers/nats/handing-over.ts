/** Longer than most handlers run. */
const longestMs = 60_000;

/**
 * Partitions that a process has above its share and still works on. Whoever gets one begins with what is not finished
 * in it, and so would handle an event while its handler here still runs.
 */
export class HandingOver {
  readonly #since = new Map<number, number>();

  /** @param now  milliseconds of a clock that only goes forward */
  constructor(private readonly now: () => number = () => performance.now()) {}

  has(partition: number): boolean {
    return this.#since.has(partition);
  }

  /** Whether others have waited for it for a minute, and need not wait any more. */
  isLate(partition: number): boolean {
    const since = this.#since.get(partition);
    return since !== undefined && this.now() - since >= longestMs;
  }

  /** These and no others are to be handed over. */
  set(partitions: readonly number[]): void {
    for (const partition of [...this.#since.keys()]) {
      if (!partitions.includes(partition)) this.#since.delete(partition);
    }
    for (const partition of partitions) {
      if (!this.#since.has(partition)) this.#since.set(partition, this.now());
    }
  }
}
