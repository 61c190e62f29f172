/** What to do for those of one request who wait, when its client leaves. */
type Departures = Set<() => void>;

const departuresOf = new WeakMap<AbortSignal, Departures>();

/**
 * Calls back when the signal aborts; the returned function takes that back. One listener for each signal,
 * however many fetches wait on it: listeners are slow to add, and Node warns of the eleventh.
 */
export function onDeparture(signal: AbortSignal, leave: () => void): () => void {
  const departures = departuresOf.get(signal) ?? watch(signal);
  departures.add(leave);
  return () => departures.delete(leave);
}

function watch(signal: AbortSignal): Departures {
  const departures: Departures = new Set();
  departuresOf.set(signal, departures);
  const leaveAll = () => {
    for (const leave of departures) leave();
  };
  signal.addEventListener('abort', leaveAll, { once: true });
  return departures;
}
