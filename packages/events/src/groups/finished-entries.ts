import { pause } from './backoff.js';
import { failurePauseMs } from './delivery.js';
import type { GroupLog, LogEntry } from './group-log.js';

/** Marks entries as finished, many at a time: those that finish while a mark is on its way go with the next. */
export class FinishedEntries {
  #entries: LogEntry[] = [];
  #marking: Promise<void> | null = null;
  readonly #givenUp = new AbortController();

  constructor(
    private readonly storage: Pick<GroupLog, 'finish'>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  add(entry: LogEntry): void {
    this.#entries.push(entry);
    this.#marking ??= this.#markAll();
  }

  /** Resolves when all are marked, or when it is too late: those that are not are delivered again. */
  async flush(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => this.#givenUp.abort(), timeoutMs);
    await this.#marking;
    clearTimeout(timer);
  }

  async #markAll(): Promise<void> {
    // What finishes in the same turn goes together.
    await new Promise(setImmediate);
    while (this.#entries.length > 0 && !this.#givenUp.signal.aborted) {
      const batch = this.#entries.splice(0);
      try {
        await this.storage.finish(batch);
      } catch (error) {
        this.onFailure(error);
        this.#entries.unshift(...batch);
        await pause(failurePauseMs, this.#givenUp.signal);
      }
    }
    this.#marking = null;
  }
}
