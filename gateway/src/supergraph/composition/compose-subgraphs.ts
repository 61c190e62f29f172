import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { composeServices, validateSubgraph } from '@theguild/federation-composition';
import { type DocumentNode, GraphQLError, parse, Source } from 'graphql';
import { hintFor } from './composition-hints.js';
import { findContextDirectives } from './from-context.js';
import { readCompositionError } from './read-composition-error.js';
import { type CompositionProblem, describeProblem, type SubgraphDefinition } from './subgraph-definition.js';

/** What came of composing. */
export type Composition =
  | { readonly kind: 'composed'; readonly supergraphSdl: string }
  | { readonly kind: 'failed'; readonly problems: readonly CompositionProblem[] };

interface ParsedSubgraph {
  readonly name: string;
  readonly url?: string;
  readonly typeDefs: DocumentNode;
}

/**
 * Composes subgraphs to supergraph SDL.
 * @throws DeskgraphError COMPOSITION_FAILED naming every problem, with subgraphs, coordinate, code and hint;
 *   `details.problems` has them as CompositionProblem[]
 */
export function composeSubgraphs(definitions: readonly SubgraphDefinition[]): string {
  const composition = attemptComposition(definitions);
  if (composition.kind === 'composed') return composition.supergraphSdl;
  throw compositionFailed(composition.problems);
}

/** The error for problems that leave no supergraph. */
export function compositionFailed(problems: readonly CompositionProblem[]): DeskgraphError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const lines = problems.map((problem) => `  - ${describeProblem(problem)}`);
  return new DeskgraphError(
    'COMPOSITION_FAILED',
    `The subgraphs do not compose (${count}):\n${lines.join('\n')}`,
    { details: { problems } },
  );
}

/** Like `composeSubgraphs`, with the problems as a value. Problems inside subgraphs come before those between them. */
export function attemptComposition(definitions: readonly SubgraphDefinition[]): Composition {
  const problems = [...problemsOfNames(definitions)];
  const parsed: ParsedSubgraph[] = [];
  for (const definition of definitions) {
    const document = parseSubgraph(definition);
    if ('problem' in document) problems.push(document.problem);
    else {
      problems.push(...findContextDirectives(definition.name, document.typeDefs));
      parsed.push(document);
    }
  }
  if (problems.length > 0) return { kind: 'failed', problems };
  return compose(parsed);
}

/** Problems that a subgraph has by itself, whatever it is composed with. */
export function problemsAlone(definition: SubgraphDefinition): CompositionProblem[] {
  const document = parseSubgraph(definition);
  if ('problem' in document) return [document.problem];
  const own = findContextDirectives(definition.name, document.typeDefs);
  if (own.length > 0) return own;
  try {
    return validateSubgraph(document).map((error) => readCompositionError(error, [definition.name]));
  } catch (error) {
    return [crashed(error, [definition.name])];
  }
}

function compose(parsed: readonly ParsedSubgraph[]): Composition {
  const names = parsed.map(({ name }) => name);
  try {
    const result = composeServices([...parsed]);
    if (result.errors === undefined) return { kind: 'composed', supergraphSdl: result.supergraphSdl };
    return { kind: 'failed', problems: result.errors.map((error) => readCompositionError(error, names)) };
  } catch (error) {
    return { kind: 'failed', problems: [crashed(error, names)] };
  }
}

function parseSubgraph({
  name,
  url,
  sdl,
}: SubgraphDefinition): ParsedSubgraph | { readonly problem: CompositionProblem } {
  try {
    const typeDefs = parse(new Source(sdl, name));
    return { name, typeDefs, ...(url === undefined ? {} : { url }) };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const [place] = error.locations ?? [];
    const where = place === undefined ? '' : ` (line ${place.line}, column ${place.column})`;
    return { problem: problem('INVALID_GRAPHQL', [name], `${error.message}${where}`) };
  }
}

function* problemsOfNames(definitions: readonly SubgraphDefinition[]): Generator<CompositionProblem> {
  if (definitions.length === 0) yield problem('NO_SUBGRAPHS', [], 'There is no subgraph to compose.');
  const seen = new Set<string>();
  for (const { name } of definitions) {
    if (seen.has(name)) yield problem('DUPLICATE_SUBGRAPH', [name], `Two subgraphs are named "${name}".`);
    seen.add(name);
    if (/^[A-Za-z][\w-]*$/.test(name)) continue;
    yield problem('INVALID_SUBGRAPH_NAME', [name], `"${name}" cannot name a subgraph.`);
  }
}

/** The composer threw instead of reporting: seen for SDL that breaks its own assumptions. */
function crashed(error: unknown, names: readonly string[]): CompositionProblem {
  const message = error instanceof Error ? error.message : String(error);
  return problem('COMPOSITION_CRASHED', names, `The composer failed: ${message}`);
}

function problem(code: string, subgraphs: readonly string[], message: string): CompositionProblem {
  return { code, subgraphs, coordinate: null, message, hint: hintFor(code) };
}
