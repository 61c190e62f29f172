import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType, parse } from 'graphql';
import type { Fact, Fixture } from './fixture.js';

type Resolver = (parent: Fact & { readonly __reference?: Fact }, args: Record<string, unknown>) => unknown;

/** The executable schema of one subgraph of a fixture. */
export function subgraphSchema(name: string, fixture: Fixture): GraphQLSchema {
  const typeDefs = parse(fixture.subgraphs.find((subgraph) => subgraph.name === name)?.sdl as string);
  const bare = buildSubgraphSchema([{ typeDefs, resolvers: {} }]);
  return buildSubgraphSchema([{ typeDefs, resolvers: resolversFor(bare, fixture) as never }]);
}

/** The fixture's resolvers, cut to what the subgraph's schema has. */
function resolversFor(schema: GraphQLSchema, fixture: Fixture): Record<string, object> {
  const resolvers: Record<string, object> = {};
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('_')) continue;
    const __resolveReference = (reference: Fact) => findFact(reference, fixture, schema);
    if (isAbstractType(type)) {
      const __resolveType = (fact: Fact) => fact.__typename;
      resolvers[type.name] = isInterfaceType(type)
        ? { __resolveType, __resolveReference }
        : { __resolveType };
    } else if (isObjectType(type)) {
      const fields = Object.keys(type.getFields()).filter((field) => !field.startsWith('_'));
      const entries = fields.map((field) => [field, fieldResolver(type.name, field, fixture)]);
      resolvers[type.name] = { ...Object.fromEntries(entries), __resolveReference };
    }
  }
  return resolvers;
}

function fieldResolver(type: string, field: string, fixture: Fixture): Resolver {
  const required = fixture.required?.[type]?.[field];
  if (required) return (parent, args) => required(parent.__reference ?? parent, args);
  const resolve = fixture.resolvers[type]?.[field];
  return (parent, args) => (resolve ? resolve(parent, args) : parent?.[field]);
}

/** The record that all key fields of a reference agree with. */
function findFact(reference: Fact, fixture: Fixture, schema: GraphQLSchema): Fact | null {
  const { __typename, ...fields } = reference;
  const found = fixture.facts.find(
    (fact) =>
      (fact.__typename === __typename || (fact.__interfaces as string[] | undefined)?.includes(__typename)) &&
      keyFields.every((key) => !(key in fields) || agrees(fact[key], fields[key])),
  );
  if (found === undefined) return null;
  // A subgraph with an @interfaceObject knows the interface's name only.
  const known = schema.getType(found.__typename) !== undefined;
  return { ...found, __typename: known ? found.__typename : __typename, __reference: reference };
}

/** Names that the fixtures' keys have. */
const keyFields = ['id', 'sku', 'region', 'org'];

function agrees(known: unknown, given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return known === given;
  return Object.entries(given).every(
    ([key, value]) => key === '__typename' || agrees((known as Fact | null)?.[key], value),
  );
}
