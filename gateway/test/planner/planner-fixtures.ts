import { composeSubgraphs } from '../../src/supergraph/composition/compose-subgraphs.js';

const federation = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@override", "@shareable", "@interfaceObject"])`;

/** Composes Federation 2 subgraphs given by name. */
export function supergraphOf(subgraphs: Readonly<Record<string, string>>): string {
  return composeSubgraphs(
    Object.entries(subgraphs).map(([name, sdl]) => ({ name, sdl: `${federation}\n${sdl}` })),
  );
}

/** A library whose books and films share a field with an argument in another subgraph. */
export const librarySdl = supergraphOf({
  shelves: `
    type Query { u: [U] ping: Int }
    union U = Book | Movie
    type Book { p: P }
    type Movie { p: P }
    type P @key(fields: "id") { id: ID! }
  `,
  people: 'type P @key(fields: "id") { id: ID! x(a: Int): Int }',
});

/**
 * Valid for graphql-js, yet the planner aborts its process over it: one field of one entity with different
 * arguments under two members of a union (graphql-hive/router issue 1311).
 */
export const deadlyOperation = '{ u { ... on Book { p { id x(a: 1) } } ... on Movie { p { id x(a: 2) } } } }';

/** A desk with entities, an interface, a union, mutations and a subscription over three subgraphs. */
export const deskSdl = supergraphOf({
  'users-app': `
    type Query { me: User users(first: Int = 3): [User!]! node: Node found: Found }
    type Mutation { rename(id: ID!): User count: Int }
    type Subscription { changed: User }
    interface Node @key(fields: "id") { id: ID! }
    type User implements Node @key(fields: "id") { id: ID! name: String! tag(n: Int): Int }
    type Company implements Node @key(fields: "id") { id: ID! tag(n: Int): String }
    union Found = User | Company
  `,
  stats: 'type User @key(fields: "id") { id: ID! age: Int } type Mutation { reset: Int }',
  extras: 'type Node @key(fields: "id") @interfaceObject { id: ID! extra: String }',
});

/** Eight subgraphs that all resolve the same recursive fields: the planner weighs every way to each of them. */
export const mazeSdl = supergraphOf(
  Object.fromEntries(
    Array.from({ length: 8 }, (_, number) => [
      `maze${number}`,
      `type Query { t: T @shareable }
      type T @key(fields: "id") @key(fields: "k${number}") {
        id: ID! k${number}: ID f${number}: Int t: T @shareable ts: [T] @shareable
      }`,
    ]),
  ),
);

/** Valid, under a kilobyte, and not planned within 20 seconds over `mazeSdl`. */
export const endlessOperation = (() => {
  const fields = Array.from({ length: 8 }, (_, number) => `f${number}`).join(' ');
  let selection = 'id';
  for (let depth = 0; depth < 6; depth++) selection = `t { ${fields} ${selection} ts { ${selection} } }`;
  return `{ ${selection} }`;
})();

/** Plans to one fetch, and is another operation for each number. */
export function harmlessOperation(number: number): string {
  return `query Harmless${number} { ping }`;
}
