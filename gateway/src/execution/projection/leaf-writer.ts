import { type GraphQLEnumType, type GraphQLLeafType, isEnumType } from 'graphql';
import { jsonString } from '../json-string.js';

/**
 * Writes a leaf as JSON text; undefined when the value is not one of the type (GraphQL spec, section 3.5
 * "Result Coercion", for values that a subgraph serialised already).
 */
export type LeafWriter = (value: unknown) => string | undefined;

const maxInt = 2_147_483_647;
const minInt = -2_147_483_648;

const builtIn: Readonly<Record<string, LeafWriter>> = {
  Int: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value <= maxInt && value >= minInt
      ? String(value)
      : undefined,
  Float: (value) => (typeof value === 'number' && Number.isFinite(value) ? JSON.stringify(value) : undefined),
  String: (value) => (typeof value === 'string' ? jsonString(value) : undefined),
  Boolean: (value) => (value === true ? 'true' : value === false ? 'false' : undefined),
  ID: (value) => {
    if (typeof value === 'string') return jsonString(value);
    return typeof value === 'number' && Number.isInteger(value) ? `"${value}"` : undefined;
  },
};

/** The writer of a scalar or enum. A custom scalar's value is passed through as its subgraph wrote it. */
export function leafWriter(type: GraphQLLeafType): LeafWriter {
  if (isEnumType(type)) return enumWriter(type);
  return builtIn[type.name] ?? ((value) => JSON.stringify(value));
}

function enumWriter(type: GraphQLEnumType): LeafWriter {
  const texts = new Map<unknown, string>(type.getValues().map(({ name }) => [name, `"${name}"`]));
  return (value) => texts.get(value);
}
