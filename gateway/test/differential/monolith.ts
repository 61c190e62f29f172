import {
  buildSchema,
  execute,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  parse,
  printSchema,
} from 'graphql';
import type { Fact, Fixture } from './fixture.js';

/** The whole graph as one schema, executed by graphql-js. */
export class Monolith {
  readonly schema: GraphQLSchema;

  /** @param publicSchema  what clients see of the composed supergraph */
  constructor(publicSchema: GraphQLSchema, fixture: Fixture) {
    this.schema = buildSchema(printSchema(publicSchema));
    for (const type of Object.values(this.schema.getTypeMap())) {
      if (type.name.startsWith('__')) continue;
      if (isAbstractType(type)) type.resolveType = (fact: Fact) => fact.__typename;
      if (!isObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        const owners = [type.name, ...type.getInterfaces().map(({ name }) => name)];
        const resolve = owners
          .map((owner) => fixture.required?.[owner]?.[field.name] ?? fixture.resolvers[owner]?.[field.name])
          .find((candidate) => candidate !== undefined);
        field.resolve = (parent: Fact, args) => (resolve ? resolve(parent, args) : parent?.[field.name]);
      }
    }
  }

  async run(query: string, variables: Record<string, unknown>) {
    const { data, errors } = await execute({
      schema: this.schema,
      document: parse(query),
      variableValues: variables,
    });
    return { data: JSON.stringify(data ?? null), errorPaths: (errors ?? []).map(({ path }) => path ?? []) };
  }
}
