import type { HandlerContext } from '../event-bus.js';

/** What one run of a handler gets. Its signal is made when it is asked for: most handlers never do. */
export class DeliveryContext implements HandlerContext {
  #abort: AbortController | null = null;
  #ended: unknown = null;

  constructor(
    readonly delivery: number,
    readonly generation: number,
  ) {}

  get signal(): AbortSignal {
    if (this.#abort === null) {
      this.#abort = new AbortController();
      if (this.#ended !== null) this.#abort.abort(this.#ended);
    }
    return this.#abort.signal;
  }

  /** Tells the handler to end. */
  end(reason: Error): void {
    this.#ended ??= reason;
    this.#abort?.abort(reason);
  }
}
