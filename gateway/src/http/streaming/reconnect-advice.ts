const soonestMs = 200;
const latestMs = 5_000;

/** When a client should come back to a server that stops: another time for each, so that they do not all come at once. */
export function reconnectAfterMs(): number {
  return Math.round(soonestMs + Math.random() * (latestMs - soonestMs));
}
