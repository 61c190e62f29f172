import type { LogEntry } from './group-log.js';

/** Does all there is to do for an entry; never rejects. */
export type EntryWork = (entry: LogEntry) => Promise<void>;

/**
 * Entries in lines, one for each partition key: one entry of a key at a time, in order; keys do not wait for each
 * other, as long as no more of them run than may at once.
 */
export class KeyLines {
  /** Entries that wait, by key; a key that has an entry running is in here too. */
  readonly #lines = new Map<string, LogEntry[]>();
  /** Keys that could run and wait for a place. */
  readonly #ready: string[] = [];
  #running = 0;
  #size = 0;
  #onIdle: (() => void) | null = null;

  constructor(
    private readonly maxRunning: number,
    private readonly work: EntryWork,
    /** Called whenever an entry is done with. */
    private readonly onDone: () => void,
  ) {}

  /** Entries that wait or run. */
  get size(): number {
    return this.#size;
  }

  add(entry: LogEntry): void {
    const key = entry.event.partitionkey;
    const line = this.#lines.get(key);
    this.#size++;
    if (line !== undefined) {
      line.push(entry);
      return;
    }
    this.#lines.set(key, [entry]);
    this.#ready.push(key);
    this.#fill();
  }

  /** Drops entries that have not begun. */
  drop(matches: (entry: LogEntry) => boolean): void {
    for (const [key, line] of this.#lines) {
      const kept = line.filter((entry) => !matches(entry));
      this.#size -= line.length - kept.length;
      this.#lines.set(key, kept);
    }
  }

  /** Resolves when nothing runs or waits, or after the time. */
  async idle(timeoutMs: number): Promise<void> {
    if (this.#size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #fill(): void {
    while (this.#running < this.maxRunning) {
      const key = this.#ready.shift();
      if (key === undefined) return;
      this.#runNext(key);
    }
  }

  #runNext(key: string): void {
    const entry = this.#lines.get(key)?.shift();
    if (entry === undefined) {
      this.#lines.delete(key);
      return;
    }
    this.#running++;
    void this.work(entry).then(() => {
      this.#running--;
      this.#size--;
      this.#ready.push(key);
      this.#fill();
      this.onDone();
      if (this.#size === 0) this.#onIdle?.();
    });
  }
}
