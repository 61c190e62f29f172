import {
  BrokenCircuitError,
  type BulkheadPolicy,
  BulkheadRejectedError,
  bulkhead,
  type CircuitBreakerPolicy,
  CircuitState,
  circuitBreaker,
  handleWhen,
  SamplingBreaker,
} from 'cockatiel';
import { ExchangeError } from './exchange-error.js';
import type { SubgraphObserver } from './observer.js';

/** Why a call was not made. */
export type Refusal = 'SUBGRAPH_CIRCUIT_OPEN' | 'SUBGRAPH_OVERLOADED';

const states = {
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Closed]: 'closed',
  [CircuitState.Isolated]: 'open',
} as const;

/** Bulkhead and circuit breaker of one remote subgraph. */
export class SubgraphGuard {
  readonly #bulkhead: BulkheadPolicy;
  readonly #breaker: CircuitBreakerPolicy;

  constructor(
    serviceName: string,
    limits: { readonly maxInFlight: number; readonly breakMs: number },
    observer?: SubgraphObserver,
  ) {
    this.#bulkhead = bulkhead(limits.maxInFlight, limits.maxInFlight);
    this.#breaker = circuitBreaker(handleWhen(isFailure), {
      halfOpenAfter: limits.breakMs,
      // Opens when at least half of the calls of the last 10 s failed, from one call a second on.
      breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 1 }),
    });
    this.#breaker.onStateChange((state) => observer?.onBreaker(serviceName, states[state]));
  }

  /** Makes the call unless the guard refuses it. A rejection counts as a failure, but for those that blame nobody. */
  run<T>(call: () => Promise<T>): Promise<T> {
    return this.#bulkhead.execute(() => this.#breaker.execute(call));
  }
}

function isFailure(error: Error): boolean {
  return !(error instanceof ExchangeError) || error.blame !== 'none';
}

/** The refusal that an error of `run` stands for; null when it came from the call itself. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof BrokenCircuitError) return 'SUBGRAPH_CIRCUIT_OPEN';
  return error instanceof BulkheadRejectedError ? 'SUBGRAPH_OVERLOADED' : null;
}
