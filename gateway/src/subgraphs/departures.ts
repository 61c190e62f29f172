/** Somebody who waits for as long as a client stays. */
export interface Stay {
  /** Called when the client leaves. */
  leave(): void;
  /** Where it is among those who wait with the same client; -1 when it is not. */
  place: number;
}

const staysOf = new WeakMap<AbortSignal, Stay[]>();

/**
 * Calls `leave` when the signal aborts, until `settle`. One listener for each signal, however many fetches wait
 * on it: listeners are slow to add, and Node warns of the eleventh.
 */
export function stay(signal: AbortSignal, waiting: Stay): void {
  const stays = staysOf.get(signal) ?? watch(signal);
  waiting.place = stays.push(waiting) - 1;
}

/** Takes `stay` back. Idempotent. */
export function settle(signal: AbortSignal, waiting: Stay): void {
  const stays = staysOf.get(signal);
  const last = stays?.at(-1);
  if (stays === undefined || last === undefined || waiting.place < 0) return;
  stays[waiting.place] = last;
  last.place = waiting.place;
  stays.pop();
  waiting.place = -1;
}

function watch(signal: AbortSignal): Stay[] {
  const stays: Stay[] = [];
  staysOf.set(signal, stays);
  const leaveAll = () => {
    for (const waiting of [...stays]) waiting.leave();
  };
  signal.addEventListener('abort', leaveAll, { once: true });
  return stays;
}
