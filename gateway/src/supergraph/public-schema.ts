import {
  type ASTNode,
  buildASTSchema,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  type NamedTypeNode,
  specifiedScalarTypes,
  type TypeDefinitionNode,
  type TypeExtensionNode,
  validateSchema,
  visit,
} from 'graphql';
import type { Link } from './link.js';

type TypeNode = TypeDefinitionNode | TypeExtensionNode;
type DirectedNode = { readonly directives?: readonly ConstDirectiveNode[] | undefined };

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
  const view = new PublicView(supergraph, links);
  const definitions = supergraph.definitions.flatMap((definition) => view.definition(definition) ?? []);
  const schema = buildASTSchema({ kind: Kind.DOCUMENT, definitions });
  if (!schema.getQueryType())
    throw new Error('It has no Query type. Add one to a subgraph and compose again.');
  const problems = validateSchema(schema);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  return schema;
}

/** What clients see of each definition. Written out by kind: a generic visitor takes several times as long. */
class PublicView {
  readonly #links: readonly Link[];
  readonly #inaccessible: string;
  readonly #removedTypes: ReadonlySet<string>;

  constructor(supergraph: DocumentNode, links: readonly Link[]) {
    this.#links = links;
    const link = links.find(({ identity }) => identity === 'https://specs.apollo.dev/inaccessible');
    this.#inaccessible = (link?.nameOf('@inaccessible') ?? '@inaccessible').slice(1);
    this.#removedTypes = this.#findRemovedTypes(supergraph);
  }

  /** Null when clients do not see it at all. */
  definition(node: DefinitionNode): DefinitionNode | null {
    if (isTypeDefinitionNode(node) || isTypeExtensionNode(node)) {
      return this.#removedTypes.has(node.name.value) ? null : this.#type(node);
    }
    if (node.kind === Kind.DIRECTIVE_DEFINITION) return this.#isPublicDirective(node) ? node : null;
    const isSchema = node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION;
    return isSchema ? clean(node) : node;
  }

  #type(node: TypeNode): TypeNode {
    switch (node.kind) {
      case Kind.SCALAR_TYPE_DEFINITION:
      case Kind.SCALAR_TYPE_EXTENSION:
        return clean(node);
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.OBJECT_TYPE_EXTENSION:
      case Kind.INTERFACE_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_EXTENSION: {
        const fields = this.#visible(node.fields).map((field) => this.#field(field));
        return { ...clean(node), fields, interfaces: this.#kept(node.interfaces) };
      }
      case Kind.UNION_TYPE_DEFINITION:
      case Kind.UNION_TYPE_EXTENSION:
        return { ...clean(node), types: this.#kept(node.types) };
      case Kind.ENUM_TYPE_DEFINITION:
      case Kind.ENUM_TYPE_EXTENSION:
        return { ...clean(node), values: this.#visible(node.values).map(clean) };
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      case Kind.INPUT_OBJECT_TYPE_EXTENSION:
        return { ...clean(node), fields: this.#visible(node.fields).map(clean) };
    }
  }

  #field(field: FieldDefinitionNode): FieldDefinitionNode {
    return { ...clean(field), arguments: this.#visible(field.arguments).map(clean) };
  }

  #visible<Node extends DirectedNode>(nodes: readonly Node[] = []): Node[] {
    return nodes.filter((node) => !this.#isInaccessible(node));
  }

  #kept(types: readonly NamedTypeNode[] = []): NamedTypeNode[] {
    return types.filter(({ name }) => !this.#removedTypes.has(name.value));
  }

  #isInaccessible(node: DirectedNode): boolean {
    return (node.directives ?? []).some(({ name }) => name.value === this.#inaccessible);
  }

  #isMachinery(name: string): boolean {
    return composerPrefix.test(name) || this.#links.some((link) => link.owns(name));
  }

  #isPublicDirective(node: DirectiveDefinitionNode): boolean {
    if (this.#isMachinery(`@${node.name.value}`)) return false;
    return node.locations.some((location) => executableLocations.has(location.value));
  }

  #findRemovedTypes(supergraph: DocumentNode): ReadonlySet<string> {
    const removed = new Set<string>();
    const types: TypeDefinitionNode[] = [];
    const hiddenDirectives: DirectiveDefinitionNode[] = [];
    for (const definition of supergraph.definitions) {
      if (definition.kind === Kind.DIRECTIVE_DEFINITION) {
        if (!this.#isPublicDirective(definition)) hiddenDirectives.push(definition);
      } else if (isTypeDefinitionNode(definition)) {
        const name = definition.name.value;
        if (this.#isInaccessible(definition) || this.#isMachinery(name)) removed.add(name);
        else types.push(definition);
      }
    }
    const candidates = [...namedTypesIn(hiddenDirectives)].filter((name) => !removed.has(name));
    if (candidates.length === 0) return removed;
    const usedByClients = namedTypesIn(types);
    for (const name of candidates) if (!usedByClients.has(name)) removed.add(name);
    return removed;
  }
}

/** The node without applications of directives that clients do not see. */
function clean<Node extends DirectedNode>(node: Node): Node {
  const directives = (node.directives ?? []).filter(({ name }) => visibleApplications.has(name.value));
  return { ...node, directives };
}

/** Names of the types that the nodes refer to, other than `Int` and the like. */
function namedTypesIn(nodes: readonly ASTNode[]): Set<string> {
  const names = new Set<string>();
  for (const node of nodes) visit(node, { NamedType: ({ name }) => void names.add(name.value) });
  for (const { name } of specifiedScalarTypes) names.delete(name);
  return names;
}
