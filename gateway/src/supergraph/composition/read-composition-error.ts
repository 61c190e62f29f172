import type { GraphQLError } from 'graphql';
import { hintFor } from './composition-hints.js';
import type { CompositionProblem } from './subgraph-definition.js';

const quoted = /"([^"\n]+)"/g;
const coordinateForm = /^@?[A-Za-z_]\w*(\.\w+)?(\(\w+:\))?$/;
/** `Type`, `Type.field` or `Type.field(argument:)` without quotes, as graphql-js writes some of them. */
const unquotedCoordinate = /\b(?:[Tt]ype|field|Enum|Union|Interface) (\w+(?:\.\w+)?)\b/;

/**
 * Reads the composer's error, which is a code and a sentence: `[name] ...` for a problem inside a subgraph,
 * `subgraph "name"` and `subgraphs "one" and "two"` for one between subgraphs.
 * @param names  the subgraphs that were composed
 */
export function readCompositionError(error: GraphQLError, names: readonly string[]): CompositionProblem {
  const code = typeof error.extensions.code === 'string' ? error.extensions.code : 'INVALID_GRAPHQL';
  const [, prefix, rest] = /^\[([^\]]+)\] ([\s\S]*)$/.exec(error.message) ?? [];
  const owner = names.find((name) => name === prefix);
  const message = owner === undefined ? error.message : (rest as string);
  const [place] = error.locations ?? [];
  const where = place === undefined ? '' : ` (line ${place.line}, column ${place.column})`;
  return {
    code,
    subgraphs: owner === undefined ? namedSubgraphs(message, names) : [owner],
    coordinate: coordinateIn(message, names),
    message: `${message}${where}`,
    hint: hintFor(code),
  };
}

function namedSubgraphs(message: string, names: readonly string[]): string[] {
  const mentioned = new Set<string>();
  for (const list of message.matchAll(/subgraphs? ((?:"[^"\n]+"(?:, and |, | and | or )?)+)/g)) {
    for (const [, name] of (list[1] as string).matchAll(quoted)) mentioned.add(name as string);
  }
  return names.filter((name) => mentioned.has(name));
}

function coordinateIn(message: string, names: readonly string[]): string | null {
  for (const match of message.matchAll(quoted)) {
    const text = match[1] as string;
    const isSubgraph = names.includes(text) && /subgraphs? $|, $|and $/.test(message.slice(0, match.index));
    if (coordinateForm.test(text) && !isSubgraph) return text;
  }
  return unquotedCoordinate.exec(message)?.[1] ?? null;
}
