import { DeskgraphError } from '@deskgraph/plugin-sdk';

interface Waiting<Item> {
  readonly resolve: (result: IteratorResult<Item>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A bounded queue between one producer and one slow or fast reader. The producer never waits: when the queue
 * is full the reader is cut off with SLOW_CONSUMER, after it has read what is queued. One `next` at a time.
 */
export class ResultQueue<Item> implements AsyncIterableIterator<Item> {
  #items: Item[] = [];
  #waiting: Waiting<Item> | null = null;
  #end: { readonly error: unknown } | null = null;

  /** @param onEnd  called once, as soon as nothing more can be pushed, whoever ended it */
  constructor(
    private readonly maxItems: number,
    private readonly onEnd: () => void,
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
    const reason = `More than ${this.maxItems} results wait to be read; subscribe again.`;
    this.end(new DeskgraphError('SLOW_CONSUMER', reason));
    return false;
  }

  /** No more items; what is queued is still read, then the error is thrown if there is one. */
  end(error?: unknown): void {
    if (this.#end !== null) return;
    this.#end = { error };
    if (this.#waiting !== null) this.#settle(this.#waiting);
    this.#waiting = null;
    this.onEnd();
  }

  next(): Promise<IteratorResult<Item>> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve({ value: item, done: false });
    return new Promise((resolve, reject) => {
      if (this.#end === null) this.#waiting = { resolve, reject };
      else this.#settle({ resolve, reject });
    });
  }

  /** The reader goes: nothing is kept for it. */
  async return(): Promise<IteratorResult<Item>> {
    this.#items = [];
    this.end();
    this.#end = { error: undefined };
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The error is thrown once. */
  #settle({ resolve, reject }: Waiting<Item>): void {
    const error = this.#end?.error;
    this.#end = { error: undefined };
    if (error === undefined) resolve({ value: undefined, done: true });
    else reject(error);
  }
}
