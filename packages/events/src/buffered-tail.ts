import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { PositionedEvent, Tail } from './event-bus.js';

interface Waiting {
  readonly resolve: (result: IteratorResult<PositionedEvent>) => void;
}

/** A tail over a bounded buffer: the bus pushes, one reader pulls. */
export class BufferedTail implements Tail {
  #buffer: PositionedEvent[] = [];
  readonly #waiting: Waiting[] = [];
  #closed = false;
  #overflown = false;

  constructor(
    private readonly maxBuffered: number,
    private readonly onClose: () => void,
  ) {}

  /** Takes an event; never waits. A full buffer ends the tail instead of holding others. */
  push(event: PositionedEvent): void {
    if (this.#closed) return;
    const reader = this.#waiting.shift();
    if (reader !== undefined) reader.resolve({ value: event, done: false });
    else if (this.#buffer.length < this.maxBuffered) this.#buffer.push(event);
    else {
      this.#overflown = true;
      this.close();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose();
    for (const { resolve } of this.#waiting.splice(0)) resolve({ value: undefined, done: true });
  }

  /** Buffered events are still read after the end; then SLOW_CONSUMER if that was an overflow. */
  [Symbol.asyncIterator](): AsyncIterator<PositionedEvent> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.#buffer = [];
        this.close();
        return { value: undefined, done: true };
      },
    };
  }

  async #next(): Promise<IteratorResult<PositionedEvent>> {
    const event = this.#buffer.shift();
    if (event !== undefined) return { value: event, done: false };
    if (this.#overflown) {
      this.#overflown = false;
      throw new DeskgraphError(
        'SLOW_CONSUMER',
        `The reader is more than ${this.maxBuffered} events behind; it was cut off.`,
      );
    }
    if (this.#closed) return { value: undefined, done: true };
    return new Promise((resolve) => this.#waiting.push({ resolve }));
  }
}
