import type { Requirement, Rewrite } from '../operations/planner.js';
import { flatRequirements } from './flat-requirements.js';
import type { JsonObject } from './json-object.js';
import {
  type BuildRepresentation,
  FlatRepresentations,
  GeneralRepresentations,
  type RepresentationSet,
} from './representation-set.js';
import { compileKeyCheck, compileRequirements } from './requirements.js';
import { compileRewrites } from './rewrites.js';
import type { TypeIndex } from './type-index.js';

/** What a fetch requires of its entities. */
export interface RepresentationPlan {
  readonly requires: readonly Requirement[];
  readonly inputRewrites?: readonly Rewrite[] | undefined;
}

/** Compiles `requires` of a fetch and its input rewrites: makes the empty set of representations of an execution. */
export function compileRepresentations(
  plan: RepresentationPlan,
  serviceName: string,
  types: TypeIndex,
): () => RepresentationSet {
  const widened = widenToInterface(plan, types);
  const build = compileBuild(widened, serviceName, types);
  const flat = flatRequirements(widened, serviceName, types);
  return flat === null ? () => new GeneralRepresentations(build) : () => new FlatRepresentations(flat, build);
}

function compileBuild(plan: RepresentationPlan, serviceName: string, types: TypeIndex): BuildRepresentation {
  const collect = compileRequirements(plan.requires, types);
  const identified = compileKeyCheck(plan.requires, serviceName, types);
  const rewrite = compileRewrites(plan.inputRewrites, types);
  return (entity) => {
    const representation: JsonObject = {};
    collect(entity, representation);
    if (typeof representation.__typename !== 'string' || !identified(representation)) return null;
    rewrite(representation);
    return representation;
  };
}

/**
 * A fetch from a subgraph that knows an interface as an object is for all its types. The planner joins fetches for
 * several of them into one, but keeps the requirement of one type only; so a requirement of any counts for all.
 */
function widenToInterface(plan: RepresentationPlan, types: TypeIndex): RepresentationPlan {
  const names = (plan.inputRewrites ?? []).flatMap((rewrite) =>
    'ValueSetter' in rewrite ? [String(rewrite.ValueSetter.setValueTo)] : [],
  );
  const interfaceOf = (typeName: string) =>
    names.find((name) => types.isAbstract(name) && types.possible(name).has(typeName)) ?? typeName;
  const requires = plan.requires.map((requirement) =>
    requirement.kind === 'InlineFragment'
      ? { ...requirement, typeCondition: interfaceOf(requirement.typeCondition) }
      : requirement,
  );
  return { ...plan, requires };
}
