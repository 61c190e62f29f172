import { onDeparture } from './departures.js';
import { Abandoned } from './exchange-error.js';

/** Work under way that can be given up. */
export interface Work<Result> {
  readonly result: Promise<Result>;
  /** Stops it; nobody waits for `result` any more. */
  abandon(): void;
}

/**
 * Shares work between equal requests that are in flight at the same time. Whoever leaves, leaves alone: the
 * work is given up when the last has left. What is shared must be immutable: callers parse it each for
 * themselves.
 */
export class InFlight<Result> {
  readonly #running = new Map<string, Flight<Result>>();

  /** @param key  null shares nothing */
  join(key: string | null, start: () => Work<Result>, signal: AbortSignal): Promise<Result> {
    if (signal.aborted) return Promise.reject(new Abandoned());
    const known = key === null ? undefined : this.#running.get(key);
    if (known !== undefined) return known.wait(signal);
    const flight: Flight<Result> = new Flight(start(), () => {
      if (key !== null && this.#running.get(key) === flight) this.#running.delete(key);
    });
    if (key !== null) this.#running.set(key, flight);
    return flight.wait(signal);
  }

  /** What runs now is not joined any more: something changed that it may not have seen. */
  seal(): void {
    this.#running.clear();
  }
}

interface Waiter<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
  /** Stops watching the waiter's signal. */
  settled: () => void;
}

/** One piece of work and those who wait for it. */
class Flight<Result> {
  readonly #waiters = new Set<Waiter<Result>>();

  constructor(
    private readonly work: Work<Result>,
    private readonly onOver: () => void,
  ) {
    work.result.then(
      (result) => this.#settle((waiter) => waiter.resolve(result)),
      (error) => this.#settle((waiter) => waiter.reject(error)),
    );
  }

  wait(signal: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<Result> = { resolve, reject, settled: () => {} };
      waiter.settled = onDeparture(signal, () => this.#leave(waiter));
      this.#waiters.add(waiter);
    });
  }

  #settle(tell: (waiter: Waiter<Result>) => void): void {
    this.onOver();
    for (const waiter of this.#waiters) {
      waiter.settled();
      tell(waiter);
    }
  }

  #leave(waiter: Waiter<Result>): void {
    this.#waiters.delete(waiter);
    waiter.settled();
    waiter.reject(new Abandoned());
    if (this.#waiters.size > 0) return;
    this.onOver();
    this.work.abandon();
  }
}
