import { buildSubgraphSchema } from '@apollo/subgraph';
import type { EmbeddedSubgraph } from '@deskgraph/plugin-host';
import { type ExecutionResult, execute, type GraphQLSchema, parse } from 'graphql';
import { composeSubgraphs } from '../../src/supergraph/composition/compose-subgraphs.js';

const federation =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective"])';
const eventSource = `
  extend schema @link(url: "https://deskgraph.dev/specs/deskgraph/v1.0", import: ["@eventSource"]) @composeDirective(name: "@eventSource")
  directive @eventSource(topic: String!, scope: EventScope! = SUBJECT) on FIELD_DEFINITION
  enum EventScope { SUBJECT ROLE PUBLIC }
`;

const ticksSdl = `${federation} ${eventSource}
  type Query { item: Item }
  type Subscription { ticks: Tick @eventSource(topic: "ticks", scope: PUBLIC) }
  type Tick { number: Int! item: Item }
  type Item @key(fields: "id") { id: ID! }
`;

/** Version n has a field of its own, so that every version is another supergraph. */
const itemsSdl = (version: number) =>
  `${federation} type Item @key(fields: "id") { id: ID! name: String v${version}: Int }`;

/** The supergraph of two embedded plugins: ticks that come as events, and the items they are about. */
export function deskSupergraph(version: number): string {
  return composeSubgraphs([
    { name: 'ticks', sdl: ticksSdl },
    { name: 'items', sdl: itemsSdl(version) },
  ]);
}

/** The two plugins, as the gateway calls them. */
export function embeddedDesk(): ReadonlyMap<string, EmbeddedSubgraph> {
  const ticks = buildSubgraphSchema([
    {
      typeDefs: parse(ticksSdl),
      resolvers: { Query: { item: () => ({ id: '7' }) } },
    },
  ]);
  const items = buildSubgraphSchema([
    {
      typeDefs: parse(itemsSdl(0)),
      resolvers: { Item: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `item ${id}` }) } },
    },
  ]);
  return new Map([
    ['ticks', embedded('ticks', ticks)],
    ['items', embedded('items', items)],
  ]);
}

function embedded(name: string, schema: GraphQLSchema): EmbeddedSubgraph {
  return {
    name,
    sdl: '',
    optional: false,
    execute: async (document, variableValues, _call, rootValue): Promise<ExecutionResult> =>
      execute({ schema, document, variableValues, rootValue }),
    authorizeSubscription: async () => null,
    history: () => null,
  };
}
