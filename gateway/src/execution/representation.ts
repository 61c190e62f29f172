import type { Requirement, Rewrite } from '../operations/planner.js';
import type { Variables } from './execution-state.js';
import { isJsonObject, type JsonObject } from './json-object.js';
import { compileRewrites } from './rewrites.js';
import type { TypeIndex } from './type-index.js';

/**
 * Builds the representation of an entity for a subgraph, or null when the entity has none: not of a type the
 * fetch is for, or none of its keys is known (a nullable key that is null identifies nothing).
 */
export type BuildRepresentation = (entity: JsonObject, variables: Variables) => JsonObject | null;

type Collect = (from: JsonObject, into: JsonObject, variables: Variables) => void;

/** Compiles `requires` of a fetch (and its input rewrites) to a function. */
export function compileRepresentation(
  call: {
    readonly requires: readonly Requirement[];
    readonly inputRewrites?: readonly Rewrite[] | undefined;
  },
  serviceName: string,
  types: TypeIndex,
): BuildRepresentation {
  const collect = compileRequirements(call.requires, types);
  const identified = compileKeyCheck(call.requires, serviceName, types);
  const rewrite = call.inputRewrites?.length ? compileRewrites(call.inputRewrites, types) : null;
  return (entity, variables) => {
    const representation: JsonObject = {};
    collect(entity, representation, variables);
    if (typeof representation.__typename !== 'string' || !identified(representation)) return null;
    rewrite?.(representation);
    return representation;
  };
}

function compileRequirements(requirements: readonly Requirement[], types: TypeIndex): Collect {
  const collectors = requirements.map((requirement) => compileRequirement(requirement, types));
  if (collectors.length === 1 && collectors[0]) return collectors[0];
  return (from, into, variables) => {
    for (const collect of collectors) collect(from, into, variables);
  };
}

function compileRequirement(requirement: Requirement, types: TypeIndex): Collect {
  if (requirement.kind === 'Field') return compileField(requirement, types);
  const allowed = types.possible(requirement.typeCondition);
  const collect = compileRequirements(requirement.selections, types);
  const { skipIf, includeIf } = requirement;
  return (from, into, variables) => {
    if (skipIf !== undefined && variables[skipIf] === true) return;
    if (includeIf !== undefined && variables[includeIf] !== true) return;
    // A nested value without __typename was selected with a concrete type, which then is this one.
    if (typeof from.__typename === 'string' && !allowed.has(from.__typename)) return;
    collect(from, into, variables);
  };
}

function compileField(field: Extract<Requirement, { kind: 'Field' }>, types: TypeIndex): Collect {
  const source = field.alias ?? field.name;
  const target = field.name;
  if (!field.selections?.length) {
    return (from, into) => {
      if (from[source] !== undefined) into[target] = from[source];
    };
  }
  const collect = compileRequirements(field.selections, types);
  const project = (value: unknown, previous: unknown, variables: Variables): unknown => {
    if (Array.isArray(value)) {
      return value.map((item, index) =>
        project(item, Array.isArray(previous) ? previous[index] : undefined, variables),
      );
    }
    if (!isJsonObject(value)) return value;
    const nested = isJsonObject(previous) ? previous : {};
    collect(value, nested, variables);
    return nested;
  };
  return (from, into, variables) => {
    if (from[source] !== undefined) into[target] = project(from[source], into[target], variables);
  };
}

/** The plan requires the fields of one key among others; it identifies when none of that key's is null. */
function compileKeyCheck(
  requirements: readonly Requirement[],
  serviceName: string,
  types: TypeIndex,
): (representation: JsonObject) => boolean {
  const keysByType = new Map<string, readonly (readonly string[])[]>();
  for (const requirement of requirements) {
    if (requirement.kind !== 'InlineFragment') continue;
    const required = fieldNames(requirement);
    const keys = types
      .keys(serviceName, requirement.typeCondition)
      .filter((key) => key.every((name) => required.has(name)));
    if (keys.length === 0) continue;
    for (const name of types.possible(requirement.typeCondition)) {
      keysByType.set(name, [...(keysByType.get(name) ?? []), ...keys]);
    }
  }
  return (representation) => {
    const keys = keysByType.get(representation.__typename as string);
    return keys === undefined || keys.some((key) => key.every((name) => isKnown(representation[name])));
  };
}

function isKnown(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function fieldNames(requirement: Extract<Requirement, { kind: 'InlineFragment' }>): Set<string> {
  return new Set(
    requirement.selections.flatMap((selection) => (selection.kind === 'Field' ? [selection.name] : [])),
  );
}
