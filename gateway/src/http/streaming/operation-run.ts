import { performance } from 'node:perf_hooks';
import type { Logger } from '@deskgraph/plugin-sdk';
import type { ClientError, ExecutionText } from '../../execution/executable-operation.js';
import type { GatewayCore, OperationOutcome, OperationRequest } from '../../gateway-core.js';
import type { Metrics, TransportName } from '../../metrics/metrics.js';
import type { Caller } from '../request/caller.js';
import { clientErrorOf } from '../unexpected-error.js';

/** What an operation needs to run on a transport that can stream. */
export interface OperationRunOptions {
  readonly core: GatewayCore;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly transport: TransportName;
  readonly request: OperationRequest;
  readonly caller: Caller;
  /** Sends one result; false when the client cannot be reached any more, which ends the operation. */
  readonly deliver: (result: ExecutionText) => boolean;
  /** Resolves when the client has read most of what was sent, or is gone: missed events wait for it. */
  readonly caughtUp: () => Promise<void>;
}

/**
 * waiting: the gateway has not answered yet. streaming: results follow until the source ends or somebody stops.
 */
type RunState =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'streaming'; readonly results: AsyncIterableIterator<ExecutionText> }
  | { readonly phase: 'ended' };

/** How an operation ended: well, with errors that are still to be told, or because somebody stopped it. */
export type RunEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'failed'; readonly errors: readonly ClientError[] }
  | { readonly kind: 'stopped' };

const complete: RunEnd = { kind: 'complete' };
const stopped: RunEnd = { kind: 'stopped' };

/** One operation on a WebSocket or event stream, from the request to its last result. */
export class OperationRun {
  readonly #options: OperationRunOptions;
  readonly #startedAt = performance.now();
  #state: RunState = { phase: 'waiting' };
  #draining = false;
  #settle: ((end: RunEnd) => void) | undefined;

  constructor(options: OperationRunOptions) {
    this.#options = options;
    options.metrics.operationStarted(options.transport);
  }

  /** Whether the gateway's first answer is still to come. */
  get waiting(): boolean {
    return this.#state.phase === 'waiting';
  }

  /**
   * Runs to the end and delivers every result. Never rejects. Resolves as soon as the operation is stopped,
   * whatever the gateway or the source still wait for.
   */
  run(): Promise<RunEnd> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      void this.#run().then(resolve);
    });
  }

  /** Ends the operation from outside: nothing more is delivered. Idempotent. */
  stop(code: 'ABORTED' | 'SLOW_CONSUMER' = 'ABORTED'): void {
    const state = this.#state;
    if (state.phase === 'ended') return;
    this.#end(code);
    this.#options.caller.abort();
    if (state.phase === 'streaming') this.#unsubscribe(state.results);
    this.#settle?.(stopped);
  }

  /** Ends a stream; an operation that the gateway has not answered yet may still deliver one result. */
  drain(): void {
    this.#draining = true;
    if (this.#state.phase === 'streaming') this.stop();
  }

  async #run(): Promise<RunEnd> {
    const { core, request, caller, log } = this.#options;
    try {
      return await this.#answered(await core.run(request, caller));
    } catch (error) {
      if (this.#state.phase === 'ended') return stopped;
      return this.#failed([clientErrorOf(error, caller.requestId, log)]);
    }
  }

  async #answered(outcome: OperationOutcome): Promise<RunEnd> {
    if (this.#state.phase === 'ended' || (this.#draining && outcome.kind === 'stream')) {
      if (outcome.kind === 'stream') this.#unsubscribe(outcome.results);
      this.stop();
      return stopped;
    }
    switch (outcome.kind) {
      case 'refused':
        return this.#failed(outcome.errors);
      case 'result':
        this.#options.deliver(outcome.result);
        this.#end(outcome.result.errors === undefined ? 'OK' : 'PARTIAL');
        return complete;
      case 'stream':
        return this.#stream(outcome.results);
    }
  }

  async #stream(results: AsyncIterableIterator<ExecutionText>): Promise<RunEnd> {
    const { metrics, transport, deliver, caughtUp } = this.#options;
    metrics.subscriptionOpened(transport);
    this.#state = { phase: 'streaming', results };
    for await (const result of results) {
      if (!this.#isStreaming() || !deliver(result)) break;
      metrics.messageSent(transport);
      if (result.isMissed) await caughtUp();
    }
    if (!this.#isStreaming()) return stopped;
    this.#end('OK');
    return complete;
  }

  #failed(errors: readonly ClientError[]): RunEnd {
    this.#end(errors[0]?.extensions.code ?? 'INTERNAL_ERROR');
    return { kind: 'failed', errors };
  }

  /** In a method of its own: the phase changes while a loop waits, which narrowing does not know. */
  #isStreaming(): boolean {
    return this.#state.phase === 'streaming';
  }

  #unsubscribe(results: AsyncIterableIterator<ExecutionText>): void {
    const { caller, log } = this.#options;
    results.return?.().catch((error: unknown) => clientErrorOf(error, caller.requestId, log));
  }

  #end(code: string): void {
    const { metrics, transport } = this.#options;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    if (this.#state.phase === 'waiting') metrics.operationFinished(transport, 'unknown', code, seconds);
    if (this.#state.phase === 'streaming') metrics.subscriptionClosed(transport, code, seconds);
    this.#state = { phase: 'ended' };
  }
}
