/** Somebody who waits for as long as a client stays. */
export interface Stay {
  /** Called when the client leaves. */
  leave(): void;
  /** Where it is among those who wait with the same client; -1 when it is not. */
  place: number;
}

/**
 * Those who wait with one client. A request makes several, and an AbortSignal with a listener costs more than
 * some fetches do; so a client that can say when it leaves has one of these instead.
 */
export class Departures {
  /** The client has left. */
  over = false;
  readonly #stays: Stay[] = [];

  add(waiting: Stay): void {
    waiting.place = this.#stays.push(waiting) - 1;
  }

  /** Idempotent. */
  remove(waiting: Stay): void {
    const last = this.#stays.at(-1);
    if (last === undefined || waiting.place < 0) return;
    this.#stays[waiting.place] = last;
    last.place = waiting.place;
    this.#stays.pop();
    waiting.place = -1;
  }

  /** The client leaves. */
  leaveAll(): void {
    this.over = true;
    for (const waiting of [...this.#stays]) waiting.leave();
  }
}

/** A client whose leaving can be waited for. */
export interface Departing {
  readonly signal: AbortSignal;
  readonly departures?: Departures;
}

const departuresBySignal = new WeakMap<AbortSignal, Departures>();

/** Those who wait with a client; for one that only has a signal, with one listener on it. */
export function departuresOf(client: Departing): Departures {
  return client.departures ?? departuresBySignal.get(client.signal) ?? watch(client.signal);
}

function watch(signal: AbortSignal): Departures {
  const departures = new Departures();
  departures.over = signal.aborted;
  departuresBySignal.set(signal, departures);
  signal.addEventListener('abort', () => departures.leaveAll(), { once: true });
  return departures;
}

/** Whether nobody waits for the answer any more. */
export function hasLeft(client: Departing): boolean {
  // Asking for the signal may make it.
  return client.departures === undefined ? client.signal.aborted : client.departures.over;
}
