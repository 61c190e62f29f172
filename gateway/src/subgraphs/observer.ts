/** Told of every fetch over HTTP; feeds the metrics. */
export interface SubgraphObserver {
  /** @param outcome  `ok`, or the code of the failure */
  onFetch(serviceName: string, outcome: string, durationMs: number): void;
  onBreaker(serviceName: string, state: 'open' | 'half-open' | 'closed'): void;
}
