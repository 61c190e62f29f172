/** How a snapshot is taken. */
export interface SnapshotOptions<Value> {
  readonly take: () => Promise<Value>;
  /** Told once for each time that it could not be taken, or not in time. */
  readonly onFailure: (error: unknown) => void;
  /** How long one serves, default 3 000 ms. */
  readonly maxAgeMs?: number;
  /** Longest wait for one, default 2 000 ms: who scrapes metrics waits no longer than that for all of them. */
  readonly timeoutMs?: number;
}

/** A value that costs a query, for many who ask within a few seconds. */
export class Snapshot<Value> {
  #taken: { readonly value: Value; readonly at: number } | null = null;
  /** Outlives those who wait for it: there is never more than one. */
  #taking: Promise<void> | null = null;
  #waiting: Promise<void> | null = null;

  constructor(private readonly options: SnapshotOptions<Value>) {}

  /** Null when it cannot be had in time; never rejects. */
  async get(): Promise<Value | null> {
    if (this.#fresh === null) {
      this.#waiting ??= this.#wait();
      await this.#waiting;
    }
    return this.#fresh?.value ?? null;
  }

  get #fresh(): { readonly value: Value } | null {
    const { maxAgeMs = 3_000 } = this.options;
    return this.#taken !== null && performance.now() - this.#taken.at < maxAgeMs ? this.#taken : null;
  }

  /** Never rejects. */
  async #wait(): Promise<void> {
    const { timeoutMs = 2_000, onFailure } = this.options;
    this.#taking ??= this.#take();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`it took longer than ${timeoutMs} ms`)), timeoutMs);
    });
    await Promise.race([this.#taking, late]).catch(onFailure);
    clearTimeout(timer);
    this.#waiting = null;
  }

  async #take(): Promise<void> {
    try {
      const value = await this.options.take();
      this.#taken = { value, at: performance.now() };
    } finally {
      this.#taking = null;
    }
  }
}
