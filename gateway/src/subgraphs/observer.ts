/** Told of every fetch over HTTP; feeds the metrics. */
export interface SubgraphObserver {
  /**
   * @param outcome  `ok` for any GraphQL response, the code of the failure, or `ABANDONED` when the client left
   *   before the answer
   */
  onFetch(serviceName: string, outcome: string, durationMs: number): void;
  onBreaker(serviceName: string, state: 'open' | 'half-open' | 'closed'): void;
}
