import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { ExecutionState } from './execution-state.js';
import { isJsonObject } from './json-object.js';
import { mergeInto } from './merge.js';
import { collectFields, fragmentsOf } from './projection/collect-fields.js';

/**
 * Compiles how the introspection fields of an operation are answered: by graphql-js from the public schema.
 * Null when it has none. (The planner knows no introspection, see `plannable`.)
 */
export function compileIntrospection(
  schema: GraphQLSchema,
  document: DocumentNode,
  definition: OperationDefinitionNode,
): ((state: ExecutionState) => void) | null {
  const queryType = schema.getQueryType();
  if (definition.operation !== 'query' || !queryType || !hasIntrospection(document)) return null;
  const fragments = fragmentsOf(document);
  const roots = collectFields({ schema, fragments }, queryType, [definition.selectionSet]);
  const selections = [...roots.values()].flat().filter((node) => isIntrospection(node.name.value));
  if (selections.length === 0) return null;
  const onlyIntrospection: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      { ...definition, selectionSet: { kind: Kind.SELECTION_SET, selections } },
      ...fragments.values(),
    ],
  };
  return (state) => {
    const result = execute({
      schema,
      document: onlyIntrospection,
      variableValues: state.variables,
    }) as ExecutionResult;
    if (isJsonObject(result.data)) mergeInto(state.data, result.data);
  };
}

/** Whether the document selects `__schema` or `__type` anywhere. */
export function hasIntrospection(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field(node) {
      found ||= isIntrospection(node.name.value);
    },
  });
  return found;
}

/** The fields of a query's root that the schema itself answers. */
export function isIntrospection(name: string): boolean {
  return name === '__schema' || name === '__type';
}
