import {
  attemptComposition,
  type Composition,
  compositionFailed,
  problemsAlone,
} from './compose-subgraphs.js';
import { type CompositionProblem, describeProblem, type SubgraphDefinition } from './subgraph-definition.js';

/** A subgraph that may be left out when it breaks composition. */
export interface TolerantDefinition extends SubgraphDefinition {
  readonly optional: boolean;
}

/** A subgraph that was left out, and why. */
export interface LeftOut {
  readonly name: string;
  /** One line each, as `describeProblem` writes it. */
  readonly problems: readonly string[];
}

/** A supergraph of all required subgraphs and the optional ones that fit. */
export interface TolerantComposition {
  readonly supergraphSdl: string;
  readonly leftOut: readonly LeftOut[];
}

/**
 * Composes, leaving out optional subgraphs that break composition: first those that are invalid by
 * themselves; then one, the latest whose absence heals the rest; failing that, each that does not fit what
 * was accepted before it, required ones first, then in the order given. The same input gives the same answer.
 * @throws DeskgraphError COMPOSITION_FAILED when the required subgraphs have problems without the optional ones
 */
export function composeTolerant(definitions: readonly TolerantDefinition[]): TolerantComposition {
  const leftOut: LeftOut[] = [];
  const sound = definitions.filter((definition) => {
    const problems = definition.optional ? problemsAlone(definition) : [];
    if (problems.length > 0) leftOut.push(leave(definition, problems));
    return problems.length === 0;
  });
  const whole = attemptComposition(sound);
  const healed = whole.kind === 'composed' ? null : withoutOne(sound, whole.problems);
  const accepted = whole.kind === 'composed' ? { composition: whole, leftOut: [] } : (healed ?? grow(sound));
  if (accepted.composition.kind === 'failed') throw compositionFailed(accepted.composition.problems);
  return {
    supergraphSdl: accepted.composition.supergraphSdl,
    leftOut: [...leftOut, ...accepted.leftOut],
  };
}

interface Accepted {
  readonly composition: Composition;
  readonly leftOut: readonly LeftOut[];
}

function withoutOne(
  definitions: readonly TolerantDefinition[],
  problems: readonly CompositionProblem[],
): Accepted | null {
  for (const candidate of definitions.filter(({ optional }) => optional).reverse()) {
    const composition = attemptComposition(definitions.filter((definition) => definition !== candidate));
    if (composition.kind === 'composed') {
      return { composition, leftOut: [leave(candidate, problems)] };
    }
  }
  return null;
}

/**
 * Starts from the required subgraphs and adds each optional one that does not add problems. Repeats, since a
 * subgraph may fit only once another is there (it extends that one's type).
 */
function grow(definitions: readonly TolerantDefinition[]): Accepted {
  let accepted = definitions.filter(({ optional }) => !optional);
  let composition = attemptComposition(accepted);
  let waiting = definitions.filter(({ optional }) => optional);
  const rejections = new Map<TolerantDefinition, readonly CompositionProblem[]>();
  for (let before = -1; before !== waiting.length; ) {
    before = waiting.length;
    waiting = waiting.filter((candidate) => {
      const next = definitions.filter((item) => accepted.includes(item) || item === candidate);
      const attempt = attemptComposition(next);
      rejections.set(candidate, attempt.kind === 'failed' ? attempt.problems : []);
      if (problemCount(attempt) > problemCount(composition)) return true;
      accepted = next;
      composition = attempt;
      return false;
    });
  }
  return { composition, leftOut: waiting.map((item) => leave(item, rejections.get(item) ?? [])) };
}

function problemCount(composition: Composition): number {
  return composition.kind === 'composed' ? 0 : composition.problems.length;
}

/** Of the problems, those that name the subgraph; all of them when none does. */
function leave({ name }: TolerantDefinition, problems: readonly CompositionProblem[]): LeftOut {
  const own = problems.filter(({ subgraphs }) => subgraphs.includes(name));
  return { name, problems: (own.length > 0 ? own : problems).map(describeProblem) };
}
