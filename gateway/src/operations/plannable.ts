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
import { collectFields, fragmentsOf, isNeverIncluded } from '../execution/projection/collect-fields.js';

/** False when the gateway answers every root field itself: introspection and the root's `__typename`. */
export function needsPlan(
  document: DocumentNode,
  definition: OperationDefinitionNode,
  schema: GraphQLSchema,
): boolean {
  const type = schema.getRootType(definition.operation);
  if (!type) return true;
  const everything = { schema, fragments: fragmentsOf(document), conditions: null };
  const roots = collectFields(everything, type, [definition.selectionSet]);
  return [...roots.values()].flat().some((node) => !node.name.value.startsWith('__'));
}

/**
 * The document as the planner can plan it: it knows no introspection, and fails on selections that are never
 * included. A `__typename` stands in for what is taken out, so that no selection set becomes empty.
 */
export function plannable(document: DocumentNode): DocumentNode {
  return visit(document, {
    SelectionSet(node) {
      const kept = node.selections.filter((selection) => !isLeftOut(selection));
      if (kept.length === node.selections.length) return undefined;
      return { ...node, selections: kept.length > 0 ? kept : [standIn] };
    },
  });
}

const standIn: FieldNode = {
  kind: Kind.FIELD,
  alias: { kind: Kind.NAME, value: '_nothing' },
  name: { kind: Kind.NAME, value: '__typename' },
};

function isLeftOut(selection: SelectionNode): boolean {
  return (
    isNeverIncluded(selection) || (selection.kind === Kind.FIELD && isIntrospection(selection.name.value))
  );
}
