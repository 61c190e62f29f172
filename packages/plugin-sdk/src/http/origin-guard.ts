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
import { ServerFailure } from './server-failure.js';

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
    this.#breaker = circuitBreaker(handleWhen(isOriginsFault), {
      halfOpenAfter: limits.breakMs,
      // Opens when at least half of the calls of the last 10 s failed, from one call a second on.
      breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 1 }),
    });
  }

  /**
   * Runs one attempt; `signal` ends the wait for a place too.
   * @throws DeskgraphError UPSTREAM_OVERLOADED, UPSTREAM_CIRCUIT_OPEN, the signal's reason, or what the
   *   attempt throws
   */
  async attempt<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      // The bulkhead itself must not see the signal: a place given to an aborted call is lost to those behind it.
      const admitted = this.#bulkhead.execute(async () => {
        signal.throwIfAborted();
        return this.#breaker.execute(call);
      });
      return await untilAborted(admitted, signal);
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

/** Silence and broken answers are; a caller that went away, or asked for too much, says nothing of the origin. */
function isOriginsFault(error: Error): boolean {
  return (
    error instanceof ServerFailure ||
    error.name === 'TimeoutError' ||
    isDeskgraphError(error, 'UPSTREAM_UNREACHABLE')
  );
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
