import { ExchangeError } from './exchange-error.js';

/**
 * What may end a call before it is answered: its deadline, which counts the wait for a turn and for a
 * connection too, and the last of those who wait leaving.
 */
export class CallLimit {
  readonly #timer: NodeJS.Timeout;
  #ended: ExchangeError | null = null;
  #abort: ((reason: ExchangeError) => void) | null = null;

  /** @param giveUp  told of the early end, wherever the call is then */
  constructor(
    timeoutMs: number,
    private readonly giveUp: (reason: ExchangeError) => void,
  ) {
    this.#timer = setTimeout(() => {
      const reason = `it did not answer within ${timeoutMs} ms.`;
      this.end(new ExchangeError('SUBGRAPH_TIMEOUT', reason, 'failure'));
    }, timeoutMs);
  }

  /** Why the call has ended; null while it may go on. */
  get ended(): ExchangeError | null {
    return this.#ended;
  }

  end(reason: ExchangeError): void {
    if (this.#ended !== null) return;
    this.#ended = reason;
    this.lift();
    this.#abort?.(reason);
    this.giveUp(reason);
  }

  /** Calls back when the call ends early, at once if it has; a retry replaces the attempt before it. */
  onEnd(abort: (reason: ExchangeError) => void): void {
    this.#abort = abort;
    if (this.#ended !== null) abort(this.#ended);
  }

  /** The call is done: no deadline any more. */
  lift(): void {
    clearTimeout(this.#timer);
  }
}
