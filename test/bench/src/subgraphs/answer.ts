import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  parse,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import type { Resolvable, SubgraphModel } from './schemas.js';

type Variables = Readonly<Record<string, unknown>>;

/** Answers an operation over the in-memory model: selections, fragments, aliases, arguments. No validation. */
export function answer(model: SubgraphModel, query: string, variables: Variables): unknown {
  const document = parse(query, { noLocation: true });
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return { errors: [{ message: 'no operation' }] };
  const root: Resolvable = {
    __typename: 'Query',
    ...model.query,
    _service: { sdl: model.sdl },
    _entities: ({ representations }: { representations: Record<string, unknown>[] }) =>
      representations.map(model.entity),
  };
  const context = { variables, fragments: fragmentsOf(document) };
  return { data: select(root, operation.selectionSet, context) };
}

interface Context {
  readonly variables: Variables;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
}

function select(
  source: Resolvable,
  selections: SelectionSetNode,
  context: Context,
  into: Record<string, unknown> = {},
) {
  for (const selection of selections.selections) {
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      const args = Object.fromEntries(
        (selection.arguments ?? []).map(({ name, value }) => [
          name.value,
          argumentValue(value, context.variables),
        ]),
      );
      const member = source[selection.name.value];
      const value = typeof member === 'function' ? member(args) : (member ?? null);
      into[key] = complete(value, selection.selectionSet, context, into[key]);
      continue;
    }
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : context.fragments.get(selection.name.value);
    const condition = fragment?.typeCondition?.name.value;
    if (fragment && (condition === undefined || condition === source.__typename || condition === '_Entity')) {
      select(source, fragment.selectionSet, context, into);
    }
  }
  return into;
}

function complete(
  value: unknown,
  selections: SelectionSetNode | undefined,
  context: Context,
  previous: unknown,
): unknown {
  if (selections === undefined || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      complete(item, selections, context, Array.isArray(previous) ? previous[index] : undefined),
    );
  }
  return select(value as Resolvable, selections, context, (previous ?? {}) as Record<string, unknown>);
}

function argumentValue(value: ValueNode, variables: Variables): unknown {
  if (value.kind === Kind.VARIABLE) return variables[value.name.value];
  if (value.kind === Kind.INT) return Number(value.value);
  return 'value' in value ? value.value : null;
}
