import { type ConstDirectiveNode, type DocumentNode, getLocation, Kind, visit } from 'graphql';
import { readLinks } from '../link.js';
import { hintFor } from './composition-hints.js';
import type { CompositionProblem } from './subgraph-definition.js';

const refused = ['context', 'fromContext'];

/**
 * Finds `@context` and `@fromContext` under whatever names they were imported. They compose, but the planner
 * leaves the arguments out without a word, so subgraphs would be asked without them.
 */
export function findContextDirectives(name: string, document: DocumentNode): CompositionProblem[] {
  const federation = readLinks(document).find((link) => link.identity.endsWith('.apollo.dev/federation'));
  if (federation === undefined) return [];
  const names = new Set(refused.map((directive) => federation.nameOf(`@${directive}`)));
  const problems: CompositionProblem[] = [];
  visit(document, {
    Directive(node, _key, _parent, _path, ancestors) {
      if (!names.has(`@${node.name.value}`)) return;
      const coordinate = coordinateOf(ancestors);
      problems.push({
        code: 'FROM_CONTEXT_UNSUPPORTED',
        subgraphs: [name],
        coordinate,
        message: `@${node.name.value} at ${place(node as ConstDirectiveNode)} is not supported.`,
        hint: hintFor('FROM_CONTEXT_UNSUPPORTED'),
      });
    },
  });
  return problems;
}

function place(node: ConstDirectiveNode): string {
  if (node.loc === undefined) return 'an unknown place';
  const { line, column } = getLocation(node.loc.source, node.loc.start);
  return `line ${line}, column ${column}`;
}

/** `Type.field(argument:)` from the definitions around a node. */
function coordinateOf(ancestors: readonly unknown[]): string | null {
  let coordinate: string | null = null;
  for (const ancestor of ancestors) {
    if (!isNamed(ancestor)) continue;
    const name = ancestor.name.value;
    if (coordinate === null) coordinate = name;
    else if (ancestor.kind === Kind.INPUT_VALUE_DEFINITION) coordinate += `(${name}:)`;
    else coordinate += `.${name}`;
  }
  return coordinate;
}

function isNamed(node: unknown): node is { kind: string; name: { value: string } } {
  return typeof node === 'object' && node !== null && 'kind' in node && 'name' in node;
}
