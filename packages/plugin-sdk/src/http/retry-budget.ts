/**
 * Limits retries to a share of calls, so that a failing system is not flooded: every call earns a fraction of a
 * retry, every retry spends one.
 */
export class RetryBudget {
  #tokens: number;

  constructor(
    /** Retries earned by one call; default 0.2. */
    private readonly earnedPerCall = 0.2,
    /** Retries that can be saved up; default 10. */
    private readonly maxTokens = 10,
  ) {
    this.#tokens = maxTokens;
  }

  /** Counts a call. */
  earn(): void {
    this.#tokens = Math.min(this.maxTokens, this.#tokens + this.earnedPerCall);
  }

  /** Takes a retry if there is one left. */
  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
