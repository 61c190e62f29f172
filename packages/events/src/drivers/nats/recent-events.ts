import type { StoredEvent } from './stored-event.js';

/** How many events are kept, and bytes of JSON text; up to twice as much between cuts. */
export const recentLimits = { events: 10_000, bytes: 16 * 1024 * 1024 };

interface Kept {
  readonly stored: StoredEvent;
  readonly bytes: number;
}

/** The last events of the stream, in order and without a gap, so that most reads need not ask the server. */
export class RecentEvents {
  #kept: Kept[] = [];
  #bytes = 0;
  /** Nothing is missing after this. */
  #after = 0;

  constructor(private readonly limits = recentLimits) {}

  /** Begins anew: the next event comes after this. */
  clear(after: number): void {
    this.#kept = [];
    this.#bytes = 0;
    this.#after = after;
  }

  add(stored: StoredEvent, bytes: number): void {
    this.#kept.push({ stored, bytes });
    this.#bytes += bytes;
    // Cut rarely, so that it costs little.
    const { length } = this.#kept;
    if (length >= 2 * this.limits.events || this.#bytes >= 2 * this.limits.bytes) this.#cut();
  }

  /** What came after a position that is covered, in order. */
  *after(sequence: number): Generator<StoredEvent> {
    for (let at = this.#indexAfter(sequence); at < this.#kept.length; at++)
      yield (this.#kept[at] as Kept).stored;
  }

  /** Whether everything after a position is here. */
  covers(sequence: number): boolean {
    return sequence >= this.#after;
  }

  #cut(): void {
    let from = Math.max(0, this.#kept.length - this.limits.events);
    for (let at = 0; at < from; at++) this.#bytes -= (this.#kept[at] as Kept).bytes;
    while (this.#bytes > this.limits.bytes && from < this.#kept.length) {
      this.#bytes -= (this.#kept[from++] as Kept).bytes;
    }
    if (from === 0) return;
    this.#after = (this.#kept[from - 1] as Kept).stored.sequence;
    this.#kept = this.#kept.slice(from);
  }

  /** By bisection: sequence numbers grow, and may leave out messages that were no events. */
  #indexAfter(sequence: number): number {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#kept[middle] as Kept).stored.sequence > sequence) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
