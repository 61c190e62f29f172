import type { ResumingSubscription } from './resuming-subscription.js';
import { SubscriptionError, type SubscriptionResult } from './subscription.js';

/** Results that may wait for the reader before the stream pauses. */
const maxWaiting = 256;

interface Reader<Data> {
  readonly resolve: (result: IteratorResult<SubscriptionResult<Data>, undefined>) => void;
  readonly reject: (error: SubscriptionError) => void;
}

/**
 * Results for a loop. A reader that is slow costs no memory: the stream pauses, and goes on from its position when
 * the reader has caught up.
 */
export class ResultStream<Data> implements AsyncIterableIterator<SubscriptionResult<Data>, undefined> {
  #waiting: SubscriptionResult<Data>[] = [];
  #readers: Reader<Data>[] = [];
  #end: { readonly error?: SubscriptionError } | undefined;
  #isPaused = false;

  /** @param source  the subscription whose sink this is; known once it runs */
  constructor(private readonly source: () => ResumingSubscription<Data>) {}

  /** Takes a result from the subscription. */
  push(result: SubscriptionResult<Data>): void {
    const reader = this.#readers.shift();
    if (reader !== undefined) reader.resolve({ value: result, done: false });
    else if (this.#waiting.push(result) >= maxWaiting) this.#stopSource();
  }

  /** No more results; what waits is still read, then the error is thrown if there is one. */
  finish(error?: SubscriptionError): void {
    this.#end ??= error === undefined ? {} : { error };
    for (const reader of this.#readers.splice(0)) this.#tellEnd(reader);
  }

  next(): Promise<IteratorResult<SubscriptionResult<Data>, undefined>> {
    const value = this.#waiting.shift();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    return new Promise((resolve, reject) => {
      const reader = { resolve, reject };
      if (this.#end !== undefined) return this.#tellEnd(reader);
      this.#readers.push(reader);
      if (!this.#isPaused) return;
      this.#isPaused = false;
      this.source().goOn();
    });
  }

  /** Ends the subscription; nothing is kept. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    this.source().unsubscribe();
    this.#waiting = [];
    this.#end = {};
    this.finish();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #stopSource(): void {
    this.#isPaused = this.source().suspend();
    if (this.#isPaused) return;
    const message = `${maxWaiting} results wait to be read, of a stream that cannot be resumed.`;
    this.source().refused(new SubscriptionError('SLOW_CONSUMER', message));
  }

  /** The error is thrown once. */
  #tellEnd({ resolve, reject }: Reader<Data>): void {
    const error = this.#end?.error;
    this.#end = {};
    if (error === undefined) resolve({ value: undefined, done: true });
    else reject(error);
  }
}
