import {
  type ASTNode,
  buildASTSchema,
  type DirectiveDefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  isTypeDefinitionNode,
  Kind,
  type TypeDefinitionNode,
  validateSchema,
  visit,
} from 'graphql';
import type { Link } from './link.js';

const executableLocations = new Set([
  'QUERY',
  'MUTATION',
  'SUBSCRIPTION',
  'FIELD',
  'FRAGMENT_DEFINITION',
  'FRAGMENT_SPREAD',
  'INLINE_FRAGMENT',
  'VARIABLE_DEFINITION',
]);
/** Directives of the GraphQL specification that introspection shows where they are applied. */
const visibleApplications = new Set(['deprecated', 'specifiedBy', 'oneOf']);
/** What composers write even where they leave the `@link` out. */
const composerPrefix = /^@?(join|link|core)(__|$)/;

/**
 * Builds the schema that clients see: without `@inaccessible` elements, without the definitions and
 * applications of federation and other linked specifications, and without types that only those used.
 * Descriptions, default values, `@deprecated`, `@specifiedBy` and directives for operations stay.
 * @throws Error with one line for each thing that keeps it from being a valid schema
 */
export function buildPublicSchema(supergraph: DocumentNode, links: readonly Link[]): GraphQLSchema {
  const isMachinery = (name: string) => composerPrefix.test(name) || links.some((link) => link.owns(name));
  const removed = removedTypes(supergraph, links, isMachinery);
  const inaccessible = inaccessibleName(links);
  const document: DocumentNode = visit(supergraph, {
    enter(node, key) {
      if (isInaccessible(node, inaccessible)) return null;
      if (isTypeDefinitionNode(node)) return removed.has(node.name.value) ? null : undefined;
      if (node.kind === Kind.DIRECTIVE_DEFINITION) return isPublic(node, isMachinery) ? undefined : null;
      if (node.kind === Kind.DIRECTIVE) return visibleApplications.has(node.name.value) ? undefined : null;
      const isListed = typeof key === 'number' && node.kind === Kind.NAMED_TYPE;
      return isListed && removed.has(node.name.value) ? null : undefined;
    },
  });
  const schema = buildASTSchema(document);
  if (!schema.getQueryType())
    throw new Error('It has no Query type. Add one to a subgraph and compose again.');
  const problems = validateSchema(schema);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  return schema;
}

function isPublic(node: DirectiveDefinitionNode, isMachinery: (name: string) => boolean): boolean {
  if (isMachinery(`@${node.name.value}`)) return false;
  return node.locations.some((location) => executableLocations.has(location.value));
}

function inaccessibleName(links: readonly Link[]): string {
  const link = links.find(({ identity }) => identity === 'https://specs.apollo.dev/inaccessible');
  return (link?.nameOf('@inaccessible') ?? '@inaccessible').slice(1);
}

function isInaccessible(node: ASTNode, name: string): boolean {
  return 'directives' in node && (node.directives ?? []).some((directive) => directive.name.value === name);
}

/** Names of the types that clients do not see. */
function removedTypes(
  supergraph: DocumentNode,
  links: readonly Link[],
  isMachinery: (name: string) => boolean,
): ReadonlySet<string> {
  const inaccessible = inaccessibleName(links);
  const removed = new Set<string>();
  const types: TypeDefinitionNode[] = [];
  const hiddenDirectives: DirectiveDefinitionNode[] = [];
  for (const definition of supergraph.definitions) {
    if (definition.kind === Kind.DIRECTIVE_DEFINITION) {
      if (!isPublic(definition, isMachinery)) hiddenDirectives.push(definition);
    } else if (isTypeDefinitionNode(definition)) {
      const name = definition.name.value;
      if (isInaccessible(definition, inaccessible) || isMachinery(name)) removed.add(name);
      else types.push(definition);
    }
  }
  const usedByClients = namedTypesIn(types);
  for (const name of namedTypesIn(hiddenDirectives)) if (!usedByClients.has(name)) removed.add(name);
  return removed;
}

function namedTypesIn(nodes: readonly ASTNode[]): Set<string> {
  const names = new Set<string>();
  for (const node of nodes) visit(node, { NamedType: ({ name }) => void names.add(name.value) });
  return names;
}
