import type { GraphQLSchema } from 'graphql';

/** A subgraph as the supergraph names it. */
export interface SubgraphEntry {
  /** The name it was composed under; plans call it `serviceName`. */
  readonly name: string;
  /** Where it listens, from `@join__graph(url:)`; empty for an embedded one. */
  readonly url: string;
}

/** Where a subscription field's events come from (`@eventSource`). */
export interface EventSource {
  /** Subgraph that owns the field. */
  readonly serviceName: string;
  /** `chat.conversation.{args.conversationId}` */
  readonly topicTemplate: string;
  readonly scope: 'SUBJECT' | 'ROLE' | 'PUBLIC';
}

/** A supergraph that was read and checked: everything the gateway needs to know of it. Immutable. */
export interface Supergraph {
  /** The composed SDL, as composition wrote it. */
  readonly sdl: string;
  /** SHA-256 of `sdl`, hex: two supergraphs with the same hash are the same generation. */
  readonly hash: string;
  /** What clients see: without join directives and `@inaccessible` parts. */
  readonly publicSchema: GraphQLSchema;
  /** By subgraph name. */
  readonly subgraphs: ReadonlyMap<string, SubgraphEntry>;
  /** By name of the Subscription field. */
  readonly eventSources: ReadonlyMap<string, EventSource>;
}
