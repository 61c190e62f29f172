/** A subgraph to compose. */
export interface SubgraphDefinition {
  /** Unique; plans, errors and metrics call it this. */
  readonly name: string;
  /** Where it listens; absent for an embedded one. */
  readonly url?: string;
  /** Federation 2 SDL, or Federation 1 SDL when it has no `@link` to a federation specification. */
  readonly sdl: string;
}

/** Why subgraphs do not compose, and what to do about it. */
export interface CompositionProblem {
  /** The rule of the composition specification, such as `INVALID_FIELD_SHARING`. */
  readonly code: string;
  /** Who takes part in it; empty when it is nobody's in particular (`NO_QUERIES`). */
  readonly subgraphs: readonly string[];
  /** `Type`, `Type.field`, `Type.field(argument:)` or `@directive`, where the rule names one. */
  readonly coordinate: string | null;
  readonly message: string;
  /** What to change. */
  readonly hint: string;
}

/** One line for people: who, where, what, and what to change. */
export function describeProblem(problem: CompositionProblem): string {
  const who =
    problem.subgraphs.length === 0
      ? 'the supergraph'
      : `subgraph${problem.subgraphs.length > 1 ? 's' : ''} ${problem.subgraphs.map((name) => `"${name}"`).join(', ')}`;
  const where = problem.coordinate === null ? '' : ` at ${problem.coordinate}`;
  return `${problem.code} in ${who}${where}: ${problem.message}\n    -> ${problem.hint}`;
}
