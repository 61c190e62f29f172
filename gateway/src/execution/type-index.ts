import {
  type ConstDirectiveNode,
  type DocumentNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type SelectionSetNode,
  type TypeDefinitionNode,
} from 'graphql';

/** Top-level field names of one `@key` of a type in a subgraph. */
export type KeyFields = readonly string[];

/**
 * What execution asks about types of the whole supergraph, `@inaccessible` ones included: plans name
 * them although clients never see them.
 */
export class TypeIndex {
  readonly #possible: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #keys: ReadonlyMap<string, readonly KeyFields[]>;

  private constructor(
    possible: ReadonlyMap<string, ReadonlySet<string>>,
    keys: ReadonlyMap<string, readonly KeyFields[]>,
  ) {
    this.#possible = possible;
    this.#keys = keys;
  }

  /** Reads the join spec (https://specs.apollo.dev/join/v0.5) of a composed supergraph. */
  static fromSupergraph(sdl: string): TypeIndex {
    const document = parse(sdl, { noLocation: true });
    return new TypeIndex(possibleTypes(document), subgraphKeys(document));
  }

  /**
   * Names a value's `__typename` may have to satisfy a type condition: the type itself (an
   * `@interfaceObject` answers with the interface's name) and every object type that implements it or is
   * its member.
   */
  possible(typeName: string): ReadonlySet<string> {
    return this.#possible.get(typeName) ?? new Set([typeName]);
  }

  /** True for a type that other types implement or are members of. */
  isAbstract(typeName: string): boolean {
    return (this.#possible.get(typeName)?.size ?? 1) > 1;
  }

  /** Keys by which the subgraph resolves references of the type; empty when it has none. */
  keys(serviceName: string, typeName: string): readonly KeyFields[] {
    return this.#keys.get(`${serviceName} ${typeName}`) ?? [];
  }
}

function possibleTypes(document: DocumentNode): Map<string, Set<string>> {
  const possible = new Map<string, Set<string>>();
  const add = (abstract: string, concrete: string) => {
    const names = possible.get(abstract) ?? new Set([abstract]);
    possible.set(abstract, names.add(concrete));
  };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION) {
      for (const parent of definition.interfaces ?? []) add(parent.name.value, definition.name.value);
    } else if (definition.kind === Kind.UNION_TYPE_DEFINITION) {
      for (const member of definition.types ?? []) add(definition.name.value, member.name.value);
    }
  }
  return possible;
}

function subgraphKeys(document: DocumentNode): Map<string, KeyFields[]> {
  const names = subgraphNames(document);
  const keys = new Map<string, KeyFields[]>();
  for (const definition of document.definitions) {
    if (!isEntityCapable(definition as TypeDefinitionNode)) continue;
    const type = definition as ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;
    for (const directive of type.directives ?? []) {
      const key = directive.name.value === 'join__type' ? argument(directive, 'key') : undefined;
      if (key === undefined) continue;
      const graph = argument(directive, 'graph') ?? '';
      const id = `${names.get(graph) ?? graph} ${type.name.value}`;
      keys.set(id, [...(keys.get(id) ?? []), topLevelFields(key)]);
    }
  }
  return keys;
}

function isEntityCapable(definition: TypeDefinitionNode): boolean {
  return (
    definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION
  );
}

/** `join__Graph` enum value to subgraph name. */
function subgraphNames(document: DocumentNode): Map<string, string> {
  const names = new Map<string, string>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const value of definition.values ?? []) {
      const graph = value.directives?.find((directive) => directive.name.value === 'join__graph');
      names.set(value.name.value, (graph && argument(graph, 'name')) ?? value.name.value);
    }
  }
  return names;
}

function argument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((candidate) => candidate.name.value === name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
}

function topLevelFields(fieldSet: string): KeyFields {
  const document = parse(`{${fieldSet}}`, { noLocation: true });
  const selectionSet = (document.definitions[0] as { selectionSet: SelectionSetNode }).selectionSet;
  return selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [selection.name.value] : [],
  );
}
