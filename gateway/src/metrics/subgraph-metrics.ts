import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { SubgraphObserver } from '../subgraphs/observer.js';

const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts the fetches to remote subgraphs. */
export class SubgraphMetrics implements SubgraphObserver {
  readonly #fetches: Counter<'subgraph' | 'outcome'>;
  readonly #durations: Histogram<'subgraph'>;
  readonly #breakers: Gauge<'subgraph'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#fetches = new Counter({
      name: 'deskgraph_subgraph_fetches_total',
      help: 'Fetches to remote subgraphs, by outcome: ok or an error code.',
      labelNames: ['subgraph', 'outcome'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'deskgraph_subgraph_fetch_duration_seconds',
      help: 'Time of a fetch to a remote subgraph.',
      labelNames: ['subgraph'],
      buckets: durationBuckets,
      registers,
    });
    this.#breakers = new Gauge({
      name: 'deskgraph_subgraph_circuit_open',
      help: '1 while calls to the subgraph are paused because it kept failing.',
      labelNames: ['subgraph'],
      registers,
    });
  }

  onFetch(serviceName: string, outcome: string, durationMs: number): void {
    this.#fetches.inc({ subgraph: serviceName, outcome });
    this.#durations.observe({ subgraph: serviceName }, durationMs / 1000);
  }

  onBreaker(serviceName: string, state: 'open' | 'half-open' | 'closed'): void {
    this.#breakers.set({ subgraph: serviceName }, state === 'closed' ? 0 : 1);
  }
}
