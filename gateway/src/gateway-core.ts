import type { Principal } from '@deskgraph/plugin-sdk';
import type { GraphQLSchema } from 'graphql';
import type { ClientError, ExecutionText } from './execution/executable-operation.js';
import type { Departures } from './subgraphs/departures.js';

/** A client's request, whatever transport it came by. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  /** For subscriptions: `extensions.after`, a position or "now" (schema/EVENTS.md, section 6.2). Else ignored. */
  readonly after?: string;
  /** For subscriptions that can be resumed: tell first where they begin, as with `after: "now"`. */
  readonly tellStart?: boolean;
}

/** Who asks and for how long we work on it. */
export interface CallerContext {
  readonly principal: Principal | null;
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** Told, as the signal is, when the client leaves; cheaper for those who only wait. */
  readonly departures?: Departures;
  readonly traceparent?: string;
}

/** What became of a request. `refused` never ran: a client's mistake, with codes and locations. */
export type OperationOutcome =
  | { readonly kind: 'refused'; readonly errors: readonly ClientError[] }
  | { readonly kind: 'result'; readonly result: ExecutionText }
  /** Result texts, one per event. Ends when the source completes; `return()` unsubscribes. */
  | {
      readonly kind: 'stream';
      readonly results: AsyncIterableIterator<ExecutionText>;
    };

/**
 * The gateway behind every transport: HTTP, WebSocket and SSE all call this and nothing else. Each call
 * runs on the generation that is current when it begins; subscriptions move to newer generations by themselves.
 */
export interface GatewayCore {
  run(request: OperationRequest, caller: CallerContext): Promise<OperationOutcome>;
  /** The schema clients see: introspection, GraphiQL, validation. */
  readonly publicSchema: GraphQLSchema;
  /** The composed supergraph SDL of the current generation. */
  readonly supergraphSdl: string;
  /** Calls back at once and after every swap. Returns how to stop it. */
  onGeneration(listener: (schema: GraphQLSchema, supergraphSdl: string) => void): () => void;
}
