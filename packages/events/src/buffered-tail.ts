import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { PositionedEvent, Tail } from './event-bus.js';
import type { Position } from './position.js';

interface Waiting {
  readonly resolve: (
    result: IteratorResult<PositionedEvent> | Promise<IteratorResult<PositionedEvent>>,
  ) => void;
}

/** What a tail is made of. */
export interface BufferedTailOptions {
  readonly start: Position;
  readonly maxBuffered: number;
  /** Called once, when nothing more is taken. */
  readonly onClose: () => void;
}

/** A tail over a bounded buffer: the bus pushes, one reader pulls. */
export class BufferedTail implements Tail {
  #buffer: PositionedEvent[] = [];
  readonly #waiting: Waiting[] = [];
  #closed = false;
  #failure: DeskgraphError | null = null;

  constructor(private readonly options: BufferedTailOptions) {}

  get start(): Position {
    return this.options.start;
  }

  /** Takes an event; never waits. A full buffer ends the tail instead of holding others. */
  push(event: PositionedEvent): void {
    if (this.#closed) return;
    const reader = this.#waiting.shift();
    if (reader !== undefined) reader.resolve({ value: event, done: false });
    else if (this.#buffer.length < this.options.maxBuffered) this.#buffer.push(event);
    else {
      this.end(
        new DeskgraphError(
          'SLOW_CONSUMER',
          `The reader is more than ${this.options.maxBuffered} events behind; it was cut off.`,
        ),
      );
    }
  }

  /** Ends it with a failure, which the reader meets behind what is buffered. */
  end(failure: DeskgraphError): void {
    if (this.#closed) return;
    this.#failure = failure;
    this.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.options.onClose();
    for (const { resolve } of this.#waiting.splice(0)) resolve(this.#next());
  }

  /** Buffered events are still read after the end; then it throws if it ended with a failure. */
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
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure;
    if (this.#closed) return { value: undefined, done: true };
    return new Promise((resolve) => this.#waiting.push({ resolve }));
  }
}
