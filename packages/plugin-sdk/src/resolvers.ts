import type { GraphQLResolveInfo } from 'graphql';
import type { Logger } from './logger.js';
import type { Principal } from './principal.js';

/** What every resolver gets as its third argument. One per fetch that the gateway makes to the plugin. */
export interface RequestContext {
  /** Who asked; null for an anonymous caller. */
  readonly principal: Principal | null;
  /** Aborted when the client went away or the deadline passed. */
  readonly signal: AbortSignal;
  /** Ties logs of one client request together. */
  readonly requestId: string;
  /** W3C trace context of the client's request, to pass on with outbound calls. */
  readonly traceparent?: string | undefined;
  readonly log: Logger;
  /**
   * Request-scoped values such as DataLoaders: created on first use, dropped with the request.
   * @example context.scoped(customerLoader) // customerLoader: (context) => new DataLoader(...)
   */
  scoped<Value>(create: (context: RequestContext) => Value): Value;
}

/** One resolver. `Parent` and `Args` are the author's to state; the SDL decides what they really are. */
// biome-ignore lint/suspicious/noExplicitAny: parents and arguments differ per field and are typed by the author
export type Resolver<Parent = any, Args = any> = (
  parent: Parent,
  args: Args,
  context: RequestContext,
  info: GraphQLResolveInfo,
) => unknown;

/** Resolves an entity from its key fields and `__typename`; null when there is no such entity. */
// biome-ignore lint/suspicious/noExplicitAny: representations differ per entity and are typed by the author
export type ReferenceResolver = (reference: any, context: RequestContext) => unknown;

/**
 * A field with `@eventSource`. `subscribe` is called once when a client subscribes and throws to refuse
 * (its result is ignored); `resolve` maps the event's data to the field's value (default: the data).
 */
export interface SubscriptionField {
  readonly subscribe?: Resolver;
  readonly resolve?: Resolver;
}

/** Resolvers of one type, by field; a field without one is read from the parent. */
export interface TypeResolvers {
  readonly __resolveReference?: ReferenceResolver;
  readonly [field: string]: Resolver | SubscriptionField | undefined;
}

/** Resolvers by type and field, as @apollo/subgraph takes them. */
export type Resolvers = Readonly<Record<string, TypeResolvers>>;
