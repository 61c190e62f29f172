import { type ConstDirectiveNode, type DocumentNode, Kind, valueFromASTUntyped } from 'graphql';

/** A specification that a schema links (https://specs.apollo.dev/link/v1.0). */
export interface Link {
  /** The url without its version: `https://specs.apollo.dev/federation`. */
  readonly identity: string;
  /** `v2.9`, or null when the url has none. */
  readonly version: string | null;
  /** How this schema calls an element of the specification: its import (renamed or not), or `prefix__name`. */
  nameOf(element: string): string;
  /** Whether a type or directive (`@name`) of this schema belongs to the specification. */
  owns(name: string): boolean;
}

/** Every `@link` of the schema, in order. One that cannot be read is left to the composer to report. */
export function readLinks(document: DocumentNode): Link[] {
  const links: Link[] = [];
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const directive of definition.directives ?? []) {
      const link = directive.name.value === 'link' ? readLink(directive) : null;
      if (link !== null) links.push(link);
    }
  }
  return links;
}

function readLink(directive: ConstDirectiveNode): Link | null {
  const values = new Map(
    (directive.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
  );
  const url = values.get('url');
  if (typeof url !== 'string') return null;
  const [, identity = url, version = null] = /^(.*?)(?:\/(v\d+\.\d+))?\/?$/.exec(url) ?? [];
  const as = values.get('as');
  const prefix = typeof as === 'string' ? as : (identity.split('/').at(-1) ?? identity);
  const imports = readImports(values.get('import'));
  const imported = new Set(imports.values());
  return {
    identity,
    version,
    nameOf: (element) => nameOf(element, prefix, imports),
    owns: (name) => imported.has(name) || name === `@${prefix}` || name.startsWith(prefixOf(name, prefix)),
  };
}

/** Elements are imported by name, or as `{ name: "@a", as: "@b" }`. */
function readImports(value: unknown): ReadonlyMap<string, string> {
  const imports = new Map<string, string>();
  for (const item of Array.isArray(value) ? value : []) {
    if (typeof item === 'string') imports.set(item, item);
    else if (typeof item?.name === 'string') imports.set(item.name, item.as ?? item.name);
  }
  return imports;
}

function nameOf(element: string, prefix: string, imports: ReadonlyMap<string, string>): string {
  const imported = imports.get(element);
  if (imported !== undefined) return imported;
  const name = element.replace(/^@/, '');
  const sigil = element.startsWith('@') ? '@' : '';
  // A directive of the specification's own name needs no import and no prefix.
  return sigil !== '' && name === prefix ? `@${name}` : `${sigil}${prefix}__${name}`;
}

function prefixOf(name: string, prefix: string): string {
  return name.startsWith('@') ? `@${prefix}__` : `${prefix}__`;
}
