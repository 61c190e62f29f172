import { buildSubgraphSchema } from '@apollo/subgraph';
import type { EmbeddedSubgraph, SubgraphCall } from '@deskgraph/plugin-host';
import { createSourceEventStream, execute, GraphQLError, type GraphQLSchema, parse } from 'graphql';

/** Federation 2 SDL, with Deskgraph's directive defined as the plugin host does. */
const sdl = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective"])
    @link(url: "https://deskgraph.dev/specs/deskgraph/v1.0", import: ["@eventSource"])
    @composeDirective(name: "@eventSource")
  directive @eventSource(topic: String!, scope: deskgraph__EventScope! = SUBJECT) on FIELD_DEFINITION
  enum deskgraph__EventScope { SUBJECT ROLE PUBLIC }
  type Query { order(id: ID!): Order  whoami: String  broken: String }
  type Subscription {
    orderPaid(customer: ID!): Order @eventSource(topic: "orders.{args.customer}", scope: ROLE)
  }
  type Order @key(fields: "id") { id: ID!  total: Int!  viewer: String }
`;

const byId = (id: string) => ({ id, total: Number(id) * 10 });

/** What the resolvers see of a call. */
type Context = SubgraphCall;

const resolvers = {
  Query: {
    order: (_: unknown, { id }: { id: string }) => byId(id),
    whoami: (_: unknown, __: unknown, { principal }: Context) => principal?.id ?? 'nobody',
    broken: () => {
      throw new GraphQLError('out of stock', { extensions: { code: 'SOLD_OUT', left: 0 } });
    },
  },
  Subscription: {
    orderPaid: {
      subscribe: (_: unknown, { customer }: { customer: string }, { principal }: Context) => {
        if (principal === null)
          throw new GraphQLError('sign in', { extensions: { code: 'UNAUTHENTICATED' } });
        if (customer === 'secret') throw new GraphQLError('not yours', { extensions: { code: 'FORBIDDEN' } });
        return noEvents();
      },
    },
  },
  Order: {
    __resolveReference: ({ id }: { id: string }) => byId(id),
    viewer: (_: unknown, __: unknown, { principal }: Context) => principal?.id ?? null,
  },
};

async function* noEvents(): AsyncGenerator<never> {}

/** An embedded subgraph on graphql-js, as the plugin host makes them. */
export class OrdersSubgraph implements EmbeddedSubgraph {
  readonly name = 'orders';
  readonly sdl = sdl;
  readonly optional = false;
  /** Executions so far. */
  executions = 0;
  #held: Promise<void> = Promise.resolve();
  readonly #schema: GraphQLSchema = buildSubgraphSchema([
    { typeDefs: parse(sdl), resolvers: resolvers as never },
  ]);

  /** Lets executions wait until the returned function is called. */
  hold(): () => void {
    let release = () => {};
    this.#held = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  }

  async execute(
    ...[document, variableValues, contextValue, rootValue]: Parameters<EmbeddedSubgraph['execute']>
  ) {
    this.executions++;
    await this.#held;
    return execute({ schema: this.#schema, document, variableValues, contextValue, rootValue });
  }

  async authorizeSubscription(
    ...[document, variableValues, contextValue]: Parameters<EmbeddedSubgraph['authorizeSubscription']>
  ) {
    const outcome = await createSourceEventStream({
      schema: this.#schema,
      document,
      variableValues,
      contextValue,
    });
    return 'errors' in outcome ? (outcome.errors ?? null) : null;
  }

  history() {
    return null;
  }
}
