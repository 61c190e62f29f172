import type { NumberedEvent, Principal } from '@deskgraph/plugin-sdk';
import type { Departures } from './departures.js';

/** What a fetch needs to know of the client request it belongs to. */
export interface FetchContext {
  readonly principal: Principal | null;
  readonly requestId: string;
  /** Aborted when the client went away or the request's deadline passed. */
  readonly signal: AbortSignal;
  /** The same for those who need no signal, where the client has it. */
  readonly departures?: Departures;
  /** W3C trace context to propagate. */
  readonly traceparent?: string;
}

/** A subgraph's answer, already parsed. Errors keep the subgraph's `path` and `extensions`. */
export interface SubgraphResponse {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly SubgraphError[];
}

export interface SubgraphError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** The variables of one fetch, in the form the transport wants. Computed at most once, on demand. */
export interface FetchVariables {
  /** JSON text of the variables object, `{}` when there are none. */
  json(): string;
  /** The variables as plain values. The transport must not change them. */
  value(): Record<string, unknown>;
}

/** An operation prepared for repeated sending: the text is parsed, or serialised into a request body, once. */
export interface PreparedFetch {
  /**
   * Sends it. Never rejects for what the subgraph did: a failure is a response with one error whose
   * `extensions.code` is a SUBGRAPH_* code and whose `extensions.serviceName` names the subgraph.
   */
  send(variables: FetchVariables, context: FetchContext): Promise<SubgraphResponse>;
}

/** One operation that a plan sends to a subgraph. */
export interface SubgraphOperation {
  readonly text: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
}

/** How one subgraph is reached: in process or over HTTP. */
export interface SubgraphTransport extends AsyncDisposable {
  readonly serviceName: string;
  prepare(operation: SubgraphOperation): PreparedFetch;
  /**
   * Opens the subgraph's own subscription (graphql-ws upstream). Absent where the subgraph's subscription
   * fields all have an `@eventSource`. The iterable ends when the subgraph completes or `signal` aborts.
   */
  subscribe?(
    operation: SubgraphOperation,
    variables: FetchVariables,
    context: FetchContext,
  ): Promise<AsyncIterable<SubgraphResponse>>;
  /** The subgraph's side of `@eventSource` fields. Absent for remote subgraphs. */
  readonly events?: EventResolution;
}

/** How an embedded subgraph takes part in `@eventSource` subscriptions. */
export interface EventResolution {
  /** Runs the field's `subscribe` resolver as the authorization; resolves with the refusal's errors or null. */
  authorize(
    operation: SubgraphOperation,
    variables: FetchVariables,
    context: FetchContext,
  ): Promise<readonly SubgraphError[] | null>;
  /** Executes the subscription operation with the event's data as the root field's value. */
  resolve(
    operation: SubgraphOperation,
    variables: FetchVariables,
    context: FetchContext,
    eventData: unknown,
  ): Promise<SubgraphResponse>;
  /** The own history of the field that the operation subscribes to; null where the bus's is used. */
  history(operation: SubgraphOperation, variables: FetchVariables): SubgraphHistory | null;
}

/** What a subgraph remembers itself of a subscription field's events (schema/EVENTS.md, section 6.4). */
export interface SubgraphHistory {
  /** The number that an event's data carries; grows along the topic. */
  sequenceOf(data: unknown): number;
  /** The number of the last event; 0 when there is none. Rejects with a DeskgraphError. */
  last(context: FetchContext): Promise<number>;
  /** The events after a number, oldest first; fewer than `first` only when there are no more. Rejects as `last`. */
  read(
    range: { readonly after: number; readonly first: number },
    context: FetchContext,
  ): Promise<readonly NumberedEvent[]>;
}
