import { type Departing, type Departures, departuresOf, type Stay } from './departures.js';
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
  /** An object and no Map: V8 keeps what churns through a long-lived Map until a full collection. */
  #running = emptyTable<Result>();

  /** @param key  null shares nothing */
  join(key: string | null, start: () => Work<Result>, client: Departing): Promise<Result> {
    const departures = departuresOf(client);
    if (departures.over) return Promise.reject(new Abandoned());
    const known = key === null ? undefined : this.#running[key];
    if (known !== undefined) return known.wait(departures);
    const flight: Flight<Result> = new Flight(start(), () => {
      if (key !== null && this.#running[key] === flight) delete this.#running[key];
    });
    if (key !== null) this.#running[key] = flight;
    return flight.wait(departures);
  }

  /** What runs now is not joined any more: something changed that it may not have seen. */
  seal(): void {
    this.#running = emptyTable();
  }
}

function emptyTable<Result>(): Record<string, Flight<Result> | undefined> {
  return Object.create(null);
}

/** One piece of work and those who wait for it. */
class Flight<Result> {
  #waiters: Waiter<Result>[] = [];

  constructor(
    private readonly work: Work<Result>,
    private readonly onOver: () => void,
  ) {
    work.result.then(
      (result) => {
        for (const waiter of this.#over()) waiter.resolve(result);
      },
      (error) => {
        for (const waiter of this.#over()) waiter.reject(error);
      },
    );
  }

  wait(departures: Departures): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#waiters.push(new Waiter<Result>(departures, resolve, reject, (waiter) => this.#leave(waiter)));
    });
  }

  #over(): Waiter<Result>[] {
    const waiters = this.#waiters;
    this.#waiters = [];
    this.onOver();
    return waiters;
  }

  #leave(waiter: Waiter<Result>): void {
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    if (this.#waiters.length > 0) return;
    this.onOver();
    this.work.abandon();
  }
}

class Waiter<Result> implements Stay {
  place = -1;

  constructor(
    private readonly departures: Departures,
    private readonly onResult: (result: Result) => void,
    private readonly onError: (error: unknown) => void,
    private readonly onLeave: (waiter: Waiter<Result>) => void,
  ) {
    departures.add(this);
  }

  resolve(result: Result): void {
    this.departures.remove(this);
    this.onResult(result);
  }

  reject(error: unknown): void {
    this.departures.remove(this);
    this.onError(error);
  }

  leave(): void {
    this.reject(new Abandoned());
    this.onLeave(this);
  }
}
