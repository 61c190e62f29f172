import type { Resolvers } from '@deskgraph/plugin-sdk';
import { type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';
import { nearest } from '../config/nearest.js';

/** Resolvers that would never be called, because the SDL has no such type or field. */
export function strayResolvers(schema: GraphQLSchema, resolvers: Resolvers): string[] {
  return Object.entries(resolvers).flatMap(([typeName, fields]) => {
    const type = schema.getType(typeName);
    if (!type) {
      const known = Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith('_'));
      return [`${typeName}: the SDL has no such type${nearest(typeName, known)}`];
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    const known = Object.keys(type.getFields());
    return Object.keys(fields)
      .filter((name) => !name.startsWith('__') && !known.includes(name))
      .map((name) => `${typeName}.${name}: the SDL has no such field${nearest(name, known)}`);
  });
}
