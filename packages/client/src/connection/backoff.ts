/** How long to wait between attempts. */
export interface BackoffOptions {
  /** The longest first wait, default 200 ms; it doubles with each failure. */
  readonly firstMs: number;
  /** The longest wait, default 30 000 ms. */
  readonly longestMs: number;
}

/** Waits between attempts with full jitter: `random(0, min(longestMs, firstMs * 2^n))`. */
export class Backoff {
  #failures = 0;

  constructor(
    private readonly options: BackoffOptions,
    private readonly random: () => number = Math.random,
  ) {}

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Counts a failure. @returns how long to wait, in ms */
  failed(): number {
    const { firstMs, longestMs } = this.options;
    const boundMs = Math.min(longestMs, firstMs * 2 ** this.#failures);
    this.#failures++;
    return Math.round(this.random() * boundMs);
  }

  succeeded(): void {
    this.#failures = 0;
  }
}
