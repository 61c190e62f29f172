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
  /** Lets clients resume from the plugin's own records, however long they were away. Default: the bus's history. */
  readonly history?: SubscriptionHistory;
}

/** An event of a plugin's own history. */
export interface NumberedEvent {
  /** The plugin's number of the event; grows along the topic, need not be gapless. */
  readonly sequence: number;
  /** As the event's `data` was or would be. */
  readonly data: unknown;
}

/** A plugin's own history of what it publishes on a subscription field's topic (schema/EVENTS.md, section 6.4). */
export interface SubscriptionHistory {
  /** The number that the data of an event carries. */
  // biome-ignore lint/suspicious/noExplicitAny: typed by the author
  sequenceOf(data: any): number;
  /** The number of the last event there is; 0 when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: arguments differ per field and are typed by the author
  last(args: any, context: RequestContext): Promise<number>;
  /** The events after a number, oldest first, at most `first` of them; fewer only when there are no more. */
  read(
    // biome-ignore lint/suspicious/noExplicitAny: arguments differ per field and are typed by the author
    args: any,
    range: { readonly after: number; readonly first: number },
    context: RequestContext,
  ): Promise<readonly NumberedEvent[]>;
}

/** Resolvers of one type, by field; a field without one is read from the parent. */
export interface TypeResolvers {
  readonly __resolveReference?: ReferenceResolver;
  readonly [field: string]: Resolver | SubscriptionField | undefined;
}

/** Resolvers by type and field, as @apollo/subgraph takes them. */
export type Resolvers = Readonly<Record<string, TypeResolvers>>;
