import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { ExecutionText } from '../execution/executable-operation.js';
import { plannedVariables } from '../execution/fetch-variables.js';
import { failure } from '../subgraphs/failures.js';
import type { SubgraphResponse } from '../subgraphs/transport.js';
import { GenerationPin } from './generation-pin.js';
import { ResultQueue } from './result-queue.js';
import {
  failedResult,
  type LiveStream,
  maxQueuedResults,
  type PreparedSubscription,
  resolutionContext,
  type SubscriptionObserver,
  type SubscriptionRequest,
  type SwapSource,
  sourceFailed,
} from './subscription.js';
import { WorkLine } from './work-line.js';

/** What a passed-through stream works with. */
export interface StreamSurroundings {
  readonly swaps: SwapSource;
  readonly observer?: SubscriptionObserver | undefined;
  /** Called once, when the stream is over. */
  readonly onClosed: () => void;
}

/**
 * Passes a subgraph's own subscription through: each of its events is completed by the rest of the plan. A swap
 * keeps the stream and takes the newer plan for the events after it; where the subgraph's address or its part of
 * the operation changed, the subgraph is subscribed to anew.
 */
export class UpstreamStream implements LiveStream {
  readonly results: AsyncIterableIterator<ExecutionText>;
  readonly #queue: ResultQueue<ExecutionText>;
  readonly #pin: GenerationPin;
  readonly #line: WorkLine;
  /** Ends the subgraph's stream that is followed now. */
  #source = new AbortController();
  #over = false;

  constructor(
    private readonly request: SubscriptionRequest,
    private readonly surroundings: StreamSurroundings,
  ) {
    this.#queue = new ResultQueue(maxQueuedResults, () => this.#close());
    this.results = this.#queue;
    this.#pin = new GenerationPin(request, surroundings.swaps);
    this.#line = new WorkLine((error) => surroundings.observer?.onFailure?.(error));
    request.caller.signal.addEventListener('abort', this.#abandon, { once: true });
    void this.#follow(this.#source);
  }

  renew(): void {
    this.#line.add(() => this.#renew());
  }

  end(): void {
    this.#line.add(() => this.#queue.end());
  }

  readonly #abandon = () => void this.#queue.return();

  /** Reads eagerly: what waits is bounded here and not in the socket. */
  async #follow(source: AbortController): Promise<void> {
    const end = (error?: unknown) =>
      this.#line.add(() => {
        if (source === this.#source) this.#queue.end(error);
      });
    try {
      for await (const response of await this.#open(source.signal)) {
        if (source.signal.aborted) return;
        if (this.#line.addEvent(() => this.#deliver(response))) continue;
        this.#queue.end(new DeskgraphError('SLOW_CONSUMER', 'Events come faster than they can be resolved.'));
        return;
      }
      end();
    } catch (error) {
      this.surroundings.observer?.onFailure?.(error);
      end(sourceFailed('The stream of the subgraph broke off.', error));
    }
  }

  async #open(signal: AbortSignal): Promise<AsyncIterable<SubgraphResponse>> {
    const { prepared, generation } = this.#pin.current;
    const { serviceName, operation, variableUsages } = prepared.source as NonNullable<typeof prepared.source>;
    const transport = generation.transports.get(serviceName);
    if (transport?.subscribe === undefined) return unsupported(serviceName);
    const { variables, caller } = this.request;
    const sent = plannedVariables(variableUsages, variables);
    return transport.subscribe(operation, sent, resolutionContext(caller, signal));
  }

  async #deliver(response: SubgraphResponse): Promise<void> {
    if (this.#over) return;
    const { observer } = this.surroundings;
    const result = await this.#resolve(response);
    observer?.onResolution();
    if (this.#queue.push(result)) observer?.onDelivery(1);
    else observer?.onOverflow();
  }

  async #resolve(response: SubgraphResponse): Promise<ExecutionText> {
    const { variables, caller } = this.request;
    try {
      const context = resolutionContext(caller, caller.signal);
      return await this.#pin.current.prepared.executable.executeEvent(response, variables, context);
    } catch (error) {
      this.surroundings.observer?.onFailure?.(error);
      return failedResult(error, caller.requestId);
    }
  }

  async #renew(): Promise<void> {
    if (this.#over) return;
    const renewal = await this.#pin.renew();
    if (renewal.kind === 'kept' || this.#over) return;
    if (renewal.kind === 'invalid') {
      this.#queue.push({ data: 'null', errors: renewal.errors });
      this.#queue.end();
    } else if (this.#pin.current.prepared.source?.kind !== 'upstream') {
      this.#queue.end(sourceFailed('Where its events come from has changed.'));
    } else if (!isSameSource(renewal.from, this.#pin.current)) {
      this.#source.abort();
      this.#source = new AbortController();
      void this.#follow(this.#source);
    }
  }

  #close(): void {
    this.#over = true;
    this.request.caller.signal.removeEventListener('abort', this.#abandon);
    this.#source.abort();
    this.#pin.release();
    this.surroundings.onClosed();
  }
}

async function* unsupported(serviceName: string): AsyncGenerator<SubgraphResponse> {
  yield failure(serviceName, 'SUBSCRIPTION_SOURCE_FAILED', 'it does not take subscriptions.');
}

/** Whether the subgraph is asked the same at the same place. */
function isSameSource(from: PreparedSubscription, to: PreparedSubscription): boolean {
  const [a, b] = [from.prepared.source, to.prepared.source];
  const address = ({ generation }: PreparedSubscription, name = '') =>
    generation.supergraph.subgraphs.get(name)?.url;
  return (
    a?.serviceName === b?.serviceName &&
    a?.operation.text === b?.operation.text &&
    address(from, a?.serviceName) === address(to, b?.serviceName)
  );
}
