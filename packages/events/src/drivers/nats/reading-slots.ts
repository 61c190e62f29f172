import { unavailable } from './failures.js';

/**
 * So many may read at once, the others wait in line. To find where a topic's events are, old servers look at all that
 * was stored since the position: hundreds of such reads at once would all take too long.
 */
export class ReadingSlots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(
    slots: number,
    private readonly maxWaiting: number,
  ) {
    this.#free = slots;
  }

  /** Runs the work in a slot. @throws DeskgraphError EVENT_BUS_UNAVAILABLE when too many wait */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else if (this.#waiting.length < this.maxWaiting) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else throw unavailable(new Error('too many read old events at once'));
    try {
      return await work();
    } finally {
      this.#giveBack();
    }
  }

  #giveBack(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
