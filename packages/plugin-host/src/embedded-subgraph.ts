import type { NumberedEvent, Principal } from '@deskgraph/plugin-sdk';
import type { DocumentNode, ExecutionResult, GraphQLError } from 'graphql';

/** The gateway's side of one call into a plugin. */
export interface SubgraphCall {
  readonly principal: Principal | null;
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** W3C trace context of the client's request. */
  readonly traceparent?: string | undefined;
}

/**
 * A plugin as the gateway sees it: a subgraph in the same process. Calls pass timeout, bulkhead and circuit
 * breaker and never reject: what goes wrong is an error with a code of the catalogue (PLUGIN_UNAVAILABLE,
 * SUBGRAPH_TIMEOUT, SUBGRAPH_OVERLOADED, SUBGRAPH_CIRCUIT_OPEN, or the resolver's own) in the result.
 */
export interface EmbeddedSubgraph {
  /** The plugin's id. */
  readonly name: string;
  /** Federation 2 SDL, Deskgraph's directive definitions included. */
  readonly sdl: string;
  /** Required subgraphs must compose; optional ones may be left out. */
  readonly optional: boolean;
  /**
   * Executes a query, a mutation, or a subscription operation for one event: `rootValue` then has the event's
   * data under the name of the root field.
   */
  execute(
    document: DocumentNode,
    variables: Readonly<Record<string, unknown>>,
    call: SubgraphCall,
    rootValue?: unknown,
  ): Promise<ExecutionResult>;
  /** Runs the `subscribe` resolver of the subscription's root field; the errors of a refusal, or null. */
  authorizeSubscription(
    document: DocumentNode,
    variables: Readonly<Record<string, unknown>>,
    call: SubgraphCall,
  ): Promise<readonly GraphQLError[] | null>;
  /** The own history of the subscription's root field; null where it has none, or the plugin is not ready. */
  history(document: DocumentNode, variables: Readonly<Record<string, unknown>>): EmbeddedHistory | null;
}

/**
 * A subscription field's own history, for one operation (schema/EVENTS.md, section 6.4). Calls pass the same guards as
 * others and reject with a DeskgraphError.
 */
export interface EmbeddedHistory {
  /** The number that an event's data carries. */
  sequenceOf(data: unknown): number;
  /** The number of the last event there is; 0 when there is none. */
  last(call: SubgraphCall): Promise<number>;
  /** The events after a number, oldest first, at most `first`; fewer only when there are no more. */
  read(
    range: { readonly after: number; readonly first: number },
    call: SubgraphCall,
  ): Promise<readonly NumberedEvent[]>;
}
