import { type JsonSchema, ownNames } from './own-names.js';

/**
 * TypeScript declarations of what fits a JSON Schema: one called `name`, and one for each of its definitions, called
 * `name` and theirs. Types say less than schemas do: lengths, ranges and patterns are left to the check at run time.
 * @throws Error when the schema refers to something that is not in it
 */
export async function schemaTypes(schema: JsonSchema, name: string): Promise<string> {
  // Loaded when it is needed: it brings a formatter along.
  const { compile } = await import('json-schema-to-typescript');
  const description = [schema.title, schema.description].filter((text) => typeof text === 'string');
  const told = description.map((text) => text.replace(/\.?$/, '.')).join(' ');
  const declarations = await compile({ ...ownNames(schema, name), title: name, description: told }, name, {
    bannerComment: '',
    // What a schema lets pass without naming it, nobody can know of.
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    $refOptions: { resolve: { external: false } },
    style: { singleQuote: true, printWidth: 110 },
  });
  return declarations.trim();
}
