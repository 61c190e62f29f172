/**
 * The time that a call has and the wish of its caller, in one signal. Dispose it when the call is done: the listener
 * on a caller's signal that lives long is given back (AbortSignal.any keeps it, on Node 20, as long as that signal).
 */
export class Deadline implements Disposable {
  /** When the time is up, on the monotonic clock of `performance.now()`. */
  readonly endsAt: number;
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #giveUp = () => this.#abort.abort(this.caller?.reason);

  constructor(
    ms: number,
    private readonly caller: AbortSignal | undefined,
  ) {
    this.endsAt = performance.now() + ms;
    this.#timer = setTimeout(() => this.#abort.abort(timeUp(ms)), ms);
    if (caller?.aborted) this.#giveUp();
    else caller?.addEventListener('abort', this.#giveUp, { once: true });
  }

  /** Aborts with the caller's reason, or with a TimeoutError. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether this error says that the time was up. */
  isReason(error: unknown): boolean {
    return this.signal.aborted && error === this.signal.reason && this.caller?.aborted !== true;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.caller?.removeEventListener('abort', this.#giveUp);
  }
}

function timeUp(ms: number): DOMException {
  return new DOMException(`not done within ${ms} ms`, 'TimeoutError');
}
