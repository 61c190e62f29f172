import {
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { ParsedOperation } from './parse-operation.js';

type Values = Readonly<Record<string, unknown>>;

/**
 * The variables that `@skip` and `@include` of an operation depend on. Each combination of their values is planned
 * and compiled as an operation of its own, without the directives: its plan fetches nothing that is left out.
 */
export class Conditions {
  private constructor(private readonly defaults: ReadonlyMap<string, boolean>) {}

  static of({ document, definition }: ParsedOperation): Conditions {
    const names = new Set<string>();
    visit(document, {
      Directive(directive) {
        const condition = conditionOf(directive);
        if (condition?.kind === Kind.VARIABLE) names.add(condition.name.value);
      },
    });
    return new Conditions(new Map([...names].map((name) => [name, defaultOf(definition, name)])));
  }

  /** Their values; what is not a Boolean is refused when variables are coerced. */
  valuesOf(variables: Values | null | undefined): Record<string, boolean> {
    const values: Record<string, boolean> = {};
    for (const [name, fallback] of this.defaults) {
      const given = variables?.[name];
      values[name] = typeof given === 'boolean' ? given : fallback;
    }
    return values;
  }
}

function defaultOf(definition: OperationDefinitionNode, name: string): boolean {
  const declared = definition.variableDefinitions?.find(({ variable }) => variable.name.value === name);
  return declared?.defaultValue?.kind === Kind.BOOLEAN && declared.defaultValue.value;
}

/** The argument of a `@skip` or `@include`; undefined for other directives. */
function conditionOf({ name, arguments: args }: DirectiveNode) {
  return name.value === 'skip' || name.value === 'include' ? args?.[0]?.value : undefined;
}

/**
 * The operation with `@skip` and `@include` decided. A selection set may be left without any selection:
 * it gives an empty object.
 */
export function decideConditions(parsed: ParsedOperation, values: Values): ParsedOperation {
  const document: DocumentNode = visit(parsed.document, {
    SelectionSet: { leave: (node) => decide(node, values) },
  });
  const definition = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return { kind: 'parsed', document, definition: definition as OperationDefinitionNode };
}

function decide(node: SelectionSetNode, values: Values): SelectionSetNode | undefined {
  if (!node.selections.some(({ directives }) => directives?.some(conditionOf))) return undefined;
  const selections = node.selections
    .filter((selection) => isIncluded(selection, values))
    .map((selection) => ({
      ...selection,
      directives: selection.directives?.filter((directive) => !conditionOf(directive)),
    }));
  return { ...node, selections: selections as SelectionNode[] };
}

function isIncluded({ directives = [] }: SelectionNode, values: Values): boolean {
  return directives.every((directive) => {
    const condition = conditionOf(directive);
    if (condition === undefined) return true;
    const value =
      condition.kind === Kind.VARIABLE
        ? values[condition.name.value] === true
        : condition.kind === Kind.BOOLEAN && condition.value;
    return value === (directive.name.value === 'include');
  });
}
