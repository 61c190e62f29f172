import { buildSubgraphSchema } from '@apollo/subgraph';
import { DeskgraphError, type ReferenceResolver, type Resolvers } from '@deskgraph/plugin-sdk';
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';
import type { SubgraphSdl } from '../validate/subgraph-sdl.js';
import { FieldHistories, type FieldHistory } from './field-histories.js';
import type { CallContext } from './request-context.js';
import { strayResolvers } from './resolver-rules.js';

/** A plugin's executable schema, however it is reached. */
export class PluginSchema {
  readonly #schema: GraphQLSchema;
  readonly #histories: FieldHistories;

  /** @throws DeskgraphError PLUGIN_START_FAILED when there are resolvers for what the SDL does not have */
  constructor(sdl: SubgraphSdl, resolvers: Resolvers) {
    this.#schema = buildSubgraphSchema([
      { typeDefs: sdl.document, resolvers: withSafeReferences(resolvers) as never },
    ]);
    const strays = strayResolvers(this.#schema, resolvers);
    if (strays.length > 0) {
      throw new DeskgraphError(
        'PLUGIN_START_FAILED',
        `Resolvers without a place in the SDL: ${strays.join('; ')}`,
      );
    }
    this.#histories = new FieldHistories(this.#schema, resolvers);
    for (const field of Object.values(this.#schema.getSubscriptionType()?.getFields() ?? {})) {
      takeFromEvent(field);
    }
  }

  /** Executes an operation; for a subscription, `rootValue` has the event's data under the field's name. */
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
    });
    return 'errors' in outcome ? (outcome.errors ?? null) : null;
  }

  /** The history of the root field; null when it has none. */
  history(document: DocumentNode, variables: Readonly<Record<string, unknown>>): FieldHistory | null {
    return this.#histories.of(document, variables);
  }
}

/** graphql-js wants a stream; the events come from the bus, so this one has none. */
async function* noEvents(): AsyncGenerator<never> {}

/**
 * A field of Subscription takes its value from the event, which the gateway hands in under the field's name.
 * Its `subscribe` decides whether a client may subscribe; what it returns is ignored.
 */
function takeFromEvent(field: GraphQLField<Record<string, unknown>, CallContext>): void {
  const { name, subscribe: authorize, resolve } = field;
  if (resolve !== undefined) {
    field.resolve = (root, args, context, info) => resolve(root[name] as never, args, context, info);
  }
  field.subscribe = async (...args) => {
    await authorize?.(...args);
    return noEvents();
  };
}

/** @apollo/subgraph lets a reference resolver that throws at once fail all entities of the fetch, not only its own. */
function withSafeReferences(resolvers: Resolvers): Resolvers {
  return Object.fromEntries(
    Object.entries(resolvers).map(([type, fields]) => {
      const resolve = fields.__resolveReference as ReferenceResolver | undefined;
      if (resolve === undefined) return [type, fields];
      const safe: ReferenceResolver = (...args) => {
        try {
          return resolve(...args);
        } catch (error) {
          return Promise.reject(error);
        }
      };
      return [type, { ...fields, __resolveReference: safe }];
    }),
  );
}
