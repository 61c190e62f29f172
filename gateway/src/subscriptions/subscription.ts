import { DeskgraphError, isDeskgraphError } from '@deskgraph/plugin-sdk';
import type { ClientError, ExecutionText } from '../execution/executable-operation.js';
import type { Variables } from '../execution/execution-state.js';
import type { CallerContext } from '../gateway-core.js';
import type { PreparedOperation } from '../operations/prepared-operation.js';
import type { FetchContext } from '../subgraphs/transport.js';
import type { Generation } from '../supergraph/generation.js';
import type { ResumePoint } from './resume-point.js';

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
  readonly resume: ResumePoint;
  /** Prepares the same operation on the generation that is current now. */
  renew(): Promise<PreparedSubscription | { readonly errors: readonly ClientError[] }>;
}

/** The stream of results, or why there is none. */
export type SubscriptionOutcome =
  | { readonly refused: readonly ClientError[] }
  | { readonly results: AsyncIterableIterator<ExecutionText> };

/** Something that tells of swaps: the generations. */
export interface SwapSource {
  readonly current: Generation;
  onSwap(listener: () => void): () => void;
}

/** A running stream, as the hub sees it. */
export interface LiveStream {
  /** Moves to the current generation behind the events that are queued, without missing one. */
  renew(): void;
  /** Ends it for everyone behind the events that are queued. */
  end(): void;
}

/** Told of what subscriptions do; feeds metrics and log. */
export interface SubscriptionObserver {
  /** An event was resolved, once for all of a group. */
  onResolution(): void;
  /** A result was handed to this many subscribers. */
  onDelivery(subscribers: number): void;
  /** A subscriber was cut off because it did not read. */
  onOverflow(): void;
  /** A subscriber goes on from a position. */
  onResume(): void;
  /** An event that a subscriber missed was read for it. */
  onCaughtUp(): void;
  /** A subscriber came back too late. */
  onGap(): void;
  /** Something failed that should not; clients are told no more than that. */
  onFailure?(error: unknown): void;
}

/** Results that may wait for one subscriber. */
export const maxQueuedResults = 256;

/** The context of one resolution: the caller's identity, never ended by one subscriber leaving. */
export function resolutionContext(caller: CallerContext, signal: AbortSignal): FetchContext {
  return { principal: caller.principal, requestId: caller.requestId, signal };
}

/** The result of an event whose resolution threw. */
export function failedResult(error: unknown, requestId: string): ExecutionText {
  const known = isDeskgraphError(error)
    ? error
    : new DeskgraphError(
        'INTERNAL_ERROR',
        `An event could not be resolved; see request ${requestId} in the log.`,
      );
  return { data: 'null', errors: [{ message: known.message, extensions: { code: known.code } }] };
}

/** The end of a stream that cannot be carried on, though the client may have it again by asking again. */
export function sourceFailed(reason: string, cause?: unknown): DeskgraphError {
  return new DeskgraphError('SUBSCRIPTION_SOURCE_FAILED', `${reason} Subscribe again.`, { cause });
}
