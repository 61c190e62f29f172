import { DeskgraphError } from '@deskgraph/plugin-sdk';

/**
 * A bounded queue between one producer and one slow or fast reader. The producer never waits: when the queue
 * is full the reader is cut off with SLOW_CONSUMER, after it has read what is queued.
 */
export class ResultQueue<Item> implements AsyncIterableIterator<Item> {
  #items: Item[] = [];
  #waiting: { resolve: (result: IteratorResult<Item>) => void; reject: (error: unknown) => void } | null =
    null;
  #end: { readonly error: unknown } | null = null;
  #left = false;

  constructor(
    private readonly maxItems: number,
    private readonly onLeave: () => void,
  ) {}

  /** False when the item did not fit and the reader was cut off. */
  push(item: Item): boolean {
    if (this.#end !== null) return true;
    if (this.#waiting !== null) {
      this.#waiting.resolve({ value: item, done: false });
      this.#waiting = null;
      return true;
    }
    if (this.#items.length < this.maxItems) {
      this.#items.push(item);
      return true;
    }
    this.end(
      new DeskgraphError(
        'SLOW_CONSUMER',
        `More than ${this.maxItems} results wait to be read; subscribe again.`,
      ),
    );
    return false;
  }

  /** No more items; what is queued is still read, then the error is thrown if there is one. */
  end(error?: unknown): void {
    if (this.#end !== null) return;
    this.#end = { error };
    if (this.#waiting === null) return;
    this.#settleEnd(this.#waiting);
    this.#waiting = null;
  }

  next(): Promise<IteratorResult<Item>> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve({ value: item, done: false });
    return new Promise((resolve, reject) => {
      if (this.#end === null) this.#waiting = { resolve, reject };
      else this.#settleEnd({ resolve, reject });
    });
  }

  /** The reader goes: nothing is kept for it. */
  async return(): Promise<IteratorResult<Item>> {
    this.#items = [];
    this.end();
    this.#leave();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #settleEnd(waiting: {
    resolve: (result: IteratorResult<Item>) => void;
    reject: (error: unknown) => void;
  }): void {
    const error = this.#end?.error;
    if (this.#end !== null) this.#end = { error: undefined };
    this.#leave();
    if (error === undefined) waiting.resolve({ value: undefined, done: true });
    else waiting.reject(error);
  }

  #leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.onLeave();
  }
}
