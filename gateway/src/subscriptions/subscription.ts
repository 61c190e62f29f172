import type { ClientError, ExecutionText } from '../execution/executable-operation.js';
import type { Variables } from '../execution/execution-state.js';
import type { CallerContext } from '../gateway-core.js';
import type { PreparedOperation } from '../operations/prepared-operation.js';
import type { FetchContext } from '../subgraphs/transport.js';
import type { Generation } from '../supergraph/generation.js';

/** A subscription operation on the generation it runs on. */
export interface PreparedSubscription {
  readonly prepared: PreparedOperation;
  readonly generation: Generation;
}

/** What a client asks to subscribe to. */
export interface SubscriptionRequest extends PreparedSubscription {
  /** Coerced. */
  readonly variables: Variables;
  readonly caller: CallerContext;
  /** Prepares the same operation on the generation that is current now. */
  renew(): Promise<PreparedSubscription | { readonly errors: readonly ClientError[] }>;
}

/** The stream of results, or why there is none. */
export type SubscriptionOutcome =
  | { readonly refused: readonly ClientError[] }
  | { readonly results: AsyncIterableIterator<ExecutionText> };

/** Told of what subscriptions do; feeds the metrics. */
export interface SubscriptionObserver {
  /** An event was resolved, once for all of a group. */
  onResolution(): void;
  /** A result was handed to this many subscribers. */
  onDelivery(subscribers: number): void;
  /** A subscriber was cut off because it did not read. */
  onOverflow(): void;
}

/** The context of one resolution: the caller's identity, never ended by one subscriber leaving. */
export function resolutionContext(caller: CallerContext, signal: AbortSignal): FetchContext {
  return { principal: caller.principal, requestId: caller.requestId, signal };
}
