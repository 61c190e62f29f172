import { typeName } from './type-name.js';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Keywords under which schemas have names. */
const definitions = ['$defs', 'definitions'];
const namedSchemas = [...definitions, 'properties', 'patternProperties', 'dependentSchemas'];
/** Keywords under which there are values and no schemas. */
const values = ['const', 'default', 'enum', 'examples'];

/**
 * The same schema with `prefix` before the names of its definitions, so that those of two events differ, and without
 * titles, which the generator would take for names: here a title is a sentence.
 */
export function ownNames(schema: JsonSchema, prefix: string): JsonSchema {
  const entries = Object.entries(schema).filter(([keyword]) => keyword !== 'title');
  return Object.fromEntries(entries.map(([keyword, value]) => [keyword, ownNamesIn(keyword, value, prefix)]));
}

function ownNamesIn(keyword: string, value: unknown, prefix: string): unknown {
  const inside = (part: unknown) => (isObject(part) ? ownNames(part, prefix) : part);
  if (keyword === '$ref' && typeof value === 'string') {
    return value.replace(
      /^(#\/(?:\$defs|definitions)\/)([^/]+)/,
      (_, path, name) => path + prefix + typeName(name),
    );
  }
  if (values.includes(keyword)) return value;
  if (Array.isArray(value)) return value.map(inside);
  if (!namedSchemas.includes(keyword) || !isObject(value)) return inside(value);
  const rename = definitions.includes(keyword) ? (name: string) => prefix + typeName(name) : String;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [rename(name), inside(part)]));
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
