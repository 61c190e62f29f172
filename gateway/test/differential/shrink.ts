import type { GraphQLSchema } from 'graphql';
import { type DocumentNode, Kind, parse, print, type SelectionSetNode, validate, visit } from 'graphql';
import type { GeneratedOperation } from './operation-generator.js';

/** Attempts at most, so that a failing test still ends soon. */
const maxAttempts = 400;

/** A smaller operation that still fails: leaves out selections one by one while `fails` says so. */
export async function shrink(
  operation: GeneratedOperation,
  schema: GraphQLSchema,
  fails: (candidate: GeneratedOperation) => Promise<boolean>,
): Promise<GeneratedOperation> {
  let smallest = operation;
  let attempts = 0;
  for (let index = 0, since = smallest; attempts < maxAttempts; attempts++) {
    const candidate = without(smallest, index);
    if (candidate === 'needed') {
      index++;
      continue;
    }
    if (candidate === null) {
      // One more round while rounds still find something to leave out.
      if (since === smallest) break;
      since = smallest;
      index = 0;
      continue;
    }
    const valid = validate(schema, parse(candidate.query)).length === 0;
    if (valid && (await fails(candidate))) smallest = candidate;
    else index++;
  }
  return smallest;
}

/**
 * The operation without its n-th selection and what becomes unused by that; `needed` when the selection is the
 * only one of its set, null when there is no n-th.
 */
function without(
  { query, variables }: GeneratedOperation,
  index: number,
): GeneratedOperation | 'needed' | null {
  let seen = -1;
  let removed = false;
  let needed = false;
  const document: DocumentNode = visit(parse(query), {
    SelectionSet(node): SelectionSetNode | undefined {
      if (removed) return undefined;
      const first = seen + 1;
      seen += node.selections.length;
      if (index < first || index > seen) return undefined;
      removed = true;
      needed = node.selections.length === 1;
      if (needed) return undefined;
      return { ...node, selections: node.selections.filter((_, at) => at !== index - first) };
    },
  });
  if (needed) return 'needed';
  if (!removed) return null;
  return prune({ query: print(document), variables });
}

/** Takes out fragments and variables that nothing uses any more. */
function prune({ query, variables }: GeneratedOperation): GeneratedOperation {
  const uses = (text: string, name: string) => new RegExp(`${name}\\b`).test(text);
  let document = parse(query);
  for (let changed = true; changed; ) {
    const text = print(document);
    const kept = document.definitions.filter(
      (definition) =>
        definition.kind !== Kind.FRAGMENT_DEFINITION || uses(text, `\\.\\.\\.${definition.name.value}`),
    );
    changed = kept.length < document.definitions.length;
    document = { ...document, definitions: kept };
  }
  const body = print(visit(document, { VariableDefinition: () => null }));
  const used = Object.keys(variables).filter((name) => uses(body, `\\$${name}`));
  const pruned = visit(document, {
    VariableDefinition: (node) => (uses(body, `\\$${node.variable.name.value}`) ? undefined : null),
  });
  return { query: print(pruned), variables: Object.fromEntries(used.map((name) => [name, variables[name]])) };
}
