import {
  BrokenCircuitError,
  type BulkheadPolicy,
  BulkheadRejectedError,
  bulkhead,
  type CircuitBreakerPolicy,
  circuitBreaker,
  handleWhen,
  SamplingBreaker,
} from 'cockatiel';
import { DeskgraphError, isDeskgraphError } from '../deskgraph-error.js';
import { RetryBudget } from './retry-budget.js';

/** Limits of the calls to one origin. */
export interface OriginLimits {
  /** Calls in flight at once; default 32. */
  readonly maxConcurrent: number;
  /** Calls that may wait for a place; default 64. */
  readonly maxQueued: number;
  /** How long an open circuit stays open before one call tries again; default 5 000 ms. */
  readonly breakMs: number;
}

/** Bulkhead, circuit breaker and retry budget of one origin, shared by all calls to it. */
export class OriginGuard {
  readonly budget = new RetryBudget();
  readonly #bulkhead: BulkheadPolicy;
  readonly #breaker: CircuitBreakerPolicy;

  constructor(
    private readonly origin: string,
    limits: OriginLimits,
  ) {
    this.#bulkhead = bulkhead(limits.maxConcurrent, limits.maxQueued);
    this.#breaker = circuitBreaker(
      handleWhen((error) => !isDeskgraphError(error, 'UPSTREAM_TOO_LARGE')),
      {
        halfOpenAfter: limits.breakMs,
        // Opens when at least half of the calls of the last 10 s failed, from one call a second on.
        breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 1 }),
      },
    );
  }

  /**
   * Runs one attempt.
   * @throws DeskgraphError UPSTREAM_OVERLOADED, UPSTREAM_CIRCUIT_OPEN, or what the attempt throws
   */
  async attempt<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await this.#bulkhead.execute(() => this.#breaker.execute(call));
    } catch (error) {
      if (error instanceof BulkheadRejectedError) {
        throw new DeskgraphError('UPSTREAM_OVERLOADED', `Too many calls to ${this.origin} are in flight.`);
      }
      if (error instanceof BrokenCircuitError) {
        throw new DeskgraphError(
          'UPSTREAM_CIRCUIT_OPEN',
          `${this.origin} failed repeatedly; calls to it are paused.`,
        );
      }
      throw error;
    }
  }
}
