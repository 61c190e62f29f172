import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  valueFromASTUntyped,
} from 'graphql';
import type { SubgraphEntry } from './supergraph.js';

/** The subgraphs of a supergraph, by their value of the enum `join__Graph`. Null when it has no such enum. */
export function readJoinGraphs(document: DocumentNode): ReadonlyMap<string, SubgraphEntry> | null {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    return new Map(
      (definition.values ?? []).map((value) => {
        const graph = value.directives?.find(({ name }) => name.value === 'join__graph');
        const { name, url } = graph === undefined ? {} : argumentsOf(graph);
        return [value.name.value, { name: text(name) ?? value.name.value, url: text(url) ?? '' }];
      }),
    );
  }
  return null;
}

/** The enum value of the subgraph that resolves a root field. */
export function graphOfRootField(
  type: ObjectTypeDefinitionNode,
  field: FieldDefinitionNode,
): string | undefined {
  const applied = (field.directives ?? []).filter(({ name }) => name.value === 'join__field');
  for (const join of applied) {
    const { graph, external, usedOverridden } = argumentsOf(join);
    if (text(graph) !== undefined && external !== true && usedOverridden !== true) return text(graph);
  }
  // A field without join__field is in every subgraph of its type.
  const owner = (type.directives ?? []).find(({ name }) => name.value === 'join__type');
  return owner === undefined ? undefined : text(argumentsOf(owner).graph);
}

/** The values of a directive's arguments, by name; enum values as their names. */
export function argumentsOf(directive: ConstDirectiveNode): Record<string, unknown> {
  return Object.fromEntries(
    (directive.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
  );
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
