import { buildSubgraphSchema } from '@apollo/subgraph';
import type { Resolver, Resolvers } from '@deskgraph/plugin-sdk';
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import type { SubgraphSdl } from '../validate/subgraph-sdl.js';
import type { CallContext } from './request-context.js';

/** A plugin's executable schema, however it is reached. */
export class PluginSchema {
  readonly #schema: GraphQLSchema;

  /** @throws GraphQLError when a resolver is for a field that the SDL does not have */
  constructor(sdl: SubgraphSdl, resolvers: Resolvers) {
    this.#schema = buildSubgraphSchema([
      { typeDefs: sdl.document, resolvers: withAuthorizingSubscriptions(resolvers) as never },
    ]);
  }

  /** Executes an operation; one of a subscription takes its root field's value from `rootValue`. */
  execute(
    document: DocumentNode,
    variables: Readonly<Record<string, unknown>>,
    context: CallContext,
    rootValue?: unknown,
  ): ExecutionResult | Promise<ExecutionResult> {
    return execute({
      schema: this.#schema,
      document,
      variableValues: variables,
      contextValue: context,
      rootValue,
    }) as ExecutionResult | Promise<ExecutionResult>;
  }

  /** Runs the `subscribe` resolver of the root field; the errors of a refusal, or null. */
  async authorizeSubscription(
    document: DocumentNode,
    variables: Readonly<Record<string, unknown>>,
    context: CallContext,
  ): Promise<readonly GraphQLError[] | null> {
    const outcome = await createSourceEventStream({
      schema: this.#schema,
      document,
      variableValues: variables,
      contextValue: context,
      subscribeFieldResolver: noEvents,
    });
    return 'errors' in outcome ? (outcome.errors ?? null) : null;
  }
}

/** graphql-js wants a stream; the events come from the bus, so this one has none. */
async function* noEvents(): AsyncGenerator<never> {}

/** `subscribe` resolvers decide whether a client may subscribe; what they return is ignored. */
function withAuthorizingSubscriptions(resolvers: Resolvers): Resolvers {
  const fields = Object.entries(resolvers.Subscription ?? {}).map(([name, field]) => {
    if (typeof field === 'function' || field.subscribe === undefined) return [name, field];
    const authorize = field.subscribe;
    const subscribe = async (...args: Parameters<Resolver>) => {
      await authorize(...args);
      return noEvents();
    };
    return [name, { ...field, subscribe }];
  });
  return fields.length === 0 ? resolvers : { ...resolvers, Subscription: Object.fromEntries(fields) };
}
