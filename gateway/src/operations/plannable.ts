import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  visit,
} from 'graphql';
import { isIntrospection } from '../execution/introspection.js';
import { collectFields, fragmentsOf } from '../execution/projection/collect-fields.js';

/** False when the gateway answers every root field itself: introspection and the root's `__typename`. */
export function needsPlan(
  document: DocumentNode,
  definition: OperationDefinitionNode,
  schema: GraphQLSchema,
): boolean {
  const type = schema.getRootType(definition.operation);
  if (!type) return true;
  const roots = collectFields({ schema, fragments: fragmentsOf(document) }, type, [definition.selectionSet]);
  return [...roots.values()].flat().some((node) => !node.name.value.startsWith('__'));
}

/**
 * The document as the planner can plan it: it knows no introspection, takes an aliased `__typename` of an
 * `@interfaceObject` from the wrong subgraph, and fails on empty selection sets. The response is written from the
 * client's own document.
 */
export function plannable(document: DocumentNode): DocumentNode {
  return visit(document, {
    Field: (node) => (node.name.value === '__typename' && node.alias ? typename : undefined),
    SelectionSet(node) {
      const kept = node.selections.filter((selection) => !asksForSchema(selection));
      if (kept.length === node.selections.length && kept.length > 0) return undefined;
      return { ...node, selections: kept.length > 0 ? kept : [typename] };
    },
  });
}

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function asksForSchema(selection: SelectionNode): boolean {
  return selection.kind === Kind.FIELD && isIntrospection(selection.name.value);
}
