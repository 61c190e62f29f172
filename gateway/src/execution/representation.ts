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
  const build = compileBuild(plan, serviceName, types);
  const flat = flatRequirements(plan, serviceName, types);
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
