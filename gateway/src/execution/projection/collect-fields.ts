import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';

/** What collecting needs besides the selections. */
export interface SelectionContext {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** The document's fragment definitions by name. */
export function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
}

/**
 * CollectFields (GraphQL spec, section 6.3.2) for one runtime type, or for what all of an interface have: the field nodes by response key, in the
 * order in which the keys are first met. `@skip` and `@include` are decided before.
 */
export function collectFields(
  context: SelectionContext,
  type: GraphQLObjectType | GraphQLInterfaceType,
  selectionSets: readonly SelectionSetNode[],
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  for (const selectionSet of selectionSets) collectInto(fields, visited, context, type, selectionSet);
  return fields;
}

function collectInto(
  fields: Map<string, FieldNode[]>,
  visited: Set<string>,
  context: SelectionContext,
  type: GraphQLObjectType | GraphQLInterfaceType,
  selectionSet: SelectionSetNode,
): void {
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      const nodes = fields.get(key);
      if (nodes) nodes.push(selection);
      else fields.set(key, [selection]);
      continue;
    }
    const fragment = resolveFragment(selection, visited, context);
    if (fragment && typeApplies(context.schema, type, fragment)) {
      collectInto(fields, visited, context, type, fragment.selectionSet);
    }
  }
}

function resolveFragment(
  selection: Exclude<SelectionNode, FieldNode>,
  visited: Set<string>,
  context: SelectionContext,
) {
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection;
  const name = selection.name.value;
  if (visited.has(name)) return undefined;
  visited.add(name);
  return context.fragments.get(name);
}

function typeApplies(
  schema: GraphQLSchema,
  type: GraphQLObjectType | GraphQLInterfaceType,
  fragment: { readonly typeCondition?: FragmentDefinitionNode['typeCondition'] | undefined },
): boolean {
  if (fragment.typeCondition === undefined) return true;
  const condition = typeFromAST(schema, fragment.typeCondition);
  return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
}
