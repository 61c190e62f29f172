import { DeskgraphError, type PluginManifest } from '@deskgraph/plugin-sdk';
import {
  BrokenCircuitError,
  type BulkheadPolicy,
  BulkheadRejectedError,
  bulkhead,
  type CircuitBreakerPolicy,
  circuitBreaker,
  handleAll,
  SamplingBreaker,
} from 'cockatiel';
import { withDeadline } from '../start/deadline.js';

const defaultCallTimeoutMs = 5_000;
const defaultMaxConcurrentCalls = 64;
/** Waiting calls per call in flight. One event for a thousand subscribers is a thousand calls at once. */
const queuedPerConcurrent = 16;
/** How long calls are paused once a plugin kept failing. */
const breakMs = 5_000;

/**
 * What every call into a plugin passes: bulkhead, circuit breaker, timeout. Only a call that did not answer in
 * time is a failure to the breaker; a resolver's error is an answer.
 */
export class CallGuard {
  readonly #bulkhead: BulkheadPolicy;
  readonly #breaker: CircuitBreakerPolicy;
  readonly #timeoutMs: number;

  /** @param onCircuit told when calls are paused, and when they go through again */
  constructor(
    private readonly manifest: PluginManifest,
    onCircuit: (open: boolean) => void,
  ) {
    const maxCalls = manifest.limits?.maxConcurrentCalls ?? defaultMaxConcurrentCalls;
    this.#timeoutMs = manifest.limits?.callTimeoutMs ?? defaultCallTimeoutMs;
    this.#bulkhead = bulkhead(maxCalls, maxCalls * queuedPerConcurrent);
    this.#breaker = circuitBreaker(handleAll, {
      halfOpenAfter: breakMs,
      breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 0.5 }),
    });
    this.#breaker.onBreak(() => onCircuit(true));
    this.#breaker.onReset(() => onCircuit(false));
  }

  /**
   * @param onLate called when the call is given up
   * @throws DeskgraphError SUBGRAPH_TIMEOUT | SUBGRAPH_OVERLOADED | SUBGRAPH_CIRCUIT_OPEN
   */
  async run<T>(call: () => T | Promise<T>, onLate: () => void): Promise<T> {
    try {
      return await this.#bulkhead.execute(() => this.#breaker.execute(() => this.#timed(call, onLate)));
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** No timer for a call that is done at once. */
  #timed<T>(call: () => T | Promise<T>, onLate: () => void): T | Promise<T> {
    const result = call();
    if (!(result instanceof Promise)) return result;
    return withDeadline(result, this.#timeoutMs, () => {
      onLate();
      return new DeskgraphError(
        'SUBGRAPH_TIMEOUT',
        `Plugin ${this.manifest.id} did not answer within ${this.#timeoutMs} ms (limits.callTimeoutMs).`,
      );
    });
  }

  #explain(error: unknown): unknown {
    const { id } = this.manifest;
    if (error instanceof BulkheadRejectedError) {
      return new DeskgraphError('SUBGRAPH_OVERLOADED', `Too many calls into plugin ${id} are in flight.`);
    }
    if (error instanceof BrokenCircuitError) {
      return new DeskgraphError(
        'SUBGRAPH_CIRCUIT_OPEN',
        `Plugin ${id} failed repeatedly; calls into it are paused for ${breakMs} ms.`,
      );
    }
    return error;
  }
}
