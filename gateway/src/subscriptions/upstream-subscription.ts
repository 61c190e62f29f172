import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import type { ExecutionText } from '../execution/executable-operation.js';
import { plannedVariables } from '../execution/fetch-variables.js';
import type { SubgraphResponse } from '../subgraphs/transport.js';
import type { Generation } from '../supergraph/generation.js';
import {
  type PreparedSubscription,
  resolutionContext,
  type SubscriptionObserver,
  type SubscriptionRequest,
} from './subscription.js';

/** Something that tells of swaps: the generations. */
export interface SwapSource {
  readonly current: Generation;
  onSwap(listener: () => void): () => void;
}

/**
 * Passes a subgraph's own subscription through: each of its events is completed by the rest of the plan. A swap
 * keeps the stream and takes the newer plan for the events after it; where the subgraph's part of the operation
 * changed, the subgraph is subscribed to anew.
 */
export async function* upstreamSubscription(
  request: SubscriptionRequest,
  swaps: SwapSource,
  observer?: SubscriptionObserver,
): AsyncGenerator<ExecutionText> {
  let current: PreparedSubscription = request;
  let hold = current.generation.enter();
  let swapped = current.generation !== swaps.current;
  const stop = swaps.onSwap(() => {
    swapped = true;
  });
  try {
    for (;;) {
      const ended = new AbortController();
      const restart = yield* follow(current, ended);
      ended.abort();
      if (restart === null) return;
      current = restart;
    }
  } finally {
    stop();
    hold[Symbol.dispose]();
  }

  /** Yields until the stream ends (null) or the subgraph must be subscribed to anew. */
  async function* follow(
    from: PreparedSubscription,
    ended: AbortController,
  ): AsyncGenerator<ExecutionText, PreparedSubscription | null> {
    const signal = AbortSignal.any([request.caller.signal, ended.signal]);
    const context = resolutionContext(request.caller, signal);
    for await (const response of await open(from, request, signal)) {
      if (swapped) {
        swapped = false;
        const renewed = await request.renew();
        if ('errors' in renewed) {
          yield { data: 'null', errors: renewed.errors };
          return null;
        }
        const nextHold = renewed.generation.enter();
        hold[Symbol.dispose]();
        hold = nextHold;
        const same = samePrimary(current, renewed);
        current = renewed;
        if (!same) return renewed;
      }
      observer?.onResolution();
      observer?.onDelivery(1);
      yield await current.prepared.executable.executeEvent(response, request.variables, context);
    }
    return null;
  }
}

async function open(
  { prepared, generation }: PreparedSubscription,
  { variables, caller }: SubscriptionRequest,
  signal: AbortSignal,
): Promise<AsyncIterable<SubgraphResponse>> {
  const { serviceName, operation, variableUsages } = prepared.source as NonNullable<typeof prepared.source>;
  const transport = generation.transports.get(serviceName);
  if (transport?.subscribe === undefined) return failed(serviceName, 'it does not take subscriptions.');
  try {
    return await transport.subscribe(
      operation,
      plannedVariables(variableUsages, variables),
      resolutionContext(caller, signal),
    );
  } catch (error) {
    return failed(serviceName, isDeskgraphError(error) ? error.message : String(error));
  }
}

async function* failed(serviceName: string, reason: string): AsyncGenerator<SubgraphResponse> {
  yield {
    errors: [
      {
        message: `Subgraph "${serviceName}": ${reason}`,
        extensions: { code: 'SUBSCRIPTION_SOURCE_FAILED', serviceName },
      },
    ],
  };
}

/** Whether the subgraph is asked the same at the same place. */
function samePrimary(a: PreparedSubscription, b: PreparedSubscription): boolean {
  const [from, to] = [a.prepared.source, b.prepared.source];
  const address = ({ generation }: PreparedSubscription, name = '') =>
    generation.supergraph.subgraphs.get(name)?.url;
  return (
    from?.serviceName === to?.serviceName &&
    from?.operation.text === to?.operation.text &&
    address(a, from?.serviceName) === address(b, to?.serviceName)
  );
}
