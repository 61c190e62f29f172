/** Milliseconds since the epoch with fractions; the same in all processes of a machine, to some microseconds. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
