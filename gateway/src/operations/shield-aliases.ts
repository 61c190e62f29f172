import { type DocumentNode, type FieldNode, Kind, type OperationDefinitionNode, visit } from 'graphql';
import { isIntrospection } from '../execution/introspection.js';
import { plannedKey } from '../execution/response-key.js';
import type { ParsedOperation } from './parse-operation.js';

/** The operation with its aliases moved to a name space of their own, see `plannedKey`, or left out where they change nothing. */
export function shieldAliases(parsed: ParsedOperation): ParsedOperation {
  const document: DocumentNode = visit(parsed.document, {
    Field: { enter: (node) => (ofIntrospection(node) ? false : undefined), leave: shielded },
    FragmentDefinition: ({ typeCondition }) =>
      typeCondition.name.value.startsWith('__') ? false : undefined,
  });
  const definition = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return { kind: 'parsed', document, definition: definition as OperationDefinitionNode };
}

/** Their answers are written as graphql-js gives them. */
function ofIntrospection({ name }: FieldNode): boolean {
  return isIntrospection(name.value);
}

function shielded(node: FieldNode): FieldNode | undefined {
  const { alias, ...unaliased } = node;
  if (alias === undefined) return undefined;
  // Beside the same field without it, an alias that changes nothing crashes the planner.
  if (alias.value === node.name.value) return unaliased;
  return { ...node, alias: { ...alias, value: plannedKey(alias.value) } };
}
