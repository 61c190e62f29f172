import type { Requirement } from '../operations/planner.js';
import { isJsonObject, type JsonObject } from './json-object.js';
import type { KeyFields, TypeIndex } from './type-index.js';

/** Copies what is required of an entity into its representation. */
export type CollectRequirements = (from: JsonObject, into: JsonObject) => void;

/** Compiles a plan's `requires`. */
export function compileRequirements(
  requirements: readonly Requirement[],
  types: TypeIndex,
): CollectRequirements {
  const collectors = requirements.map((requirement) => compileRequirement(requirement, types));
  return (from, into) => {
    for (const collect of collectors) collect(from, into);
  };
}

function compileRequirement(requirement: Requirement, types: TypeIndex): CollectRequirements {
  if (requirement.kind === 'Field') return compileField(requirement, types);
  const allowed = types.possible(requirement.typeCondition);
  const collect = compileRequirements(requirement.selections, types);
  return (from, into) => {
    // A nested value without __typename was selected with a concrete type, which then is this one.
    if (typeof from.__typename === 'string' && !allowed.has(from.__typename)) return;
    collect(from, into);
  };
}

function compileField(field: Extract<Requirement, { kind: 'Field' }>, types: TypeIndex): CollectRequirements {
  // The plan's `name` is where the value is in what was fetched, its `alias` what the subgraph calls it.
  const source = field.name;
  const target = field.alias ?? field.name;
  if (!field.selections?.length) {
    return (from, into) => {
      if (from[source] !== undefined) into[target] = from[source];
    };
  }
  const collect = compileRequirements(field.selections, types);
  return (from, into) => {
    if (from[source] !== undefined) into[target] = copy(from[source], into[target], collect);
  };
}

/** The required part of a nested value; `previous` is what another fragment required of it already. */
function copy(value: unknown, previous: unknown, collect: CollectRequirements): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      copy(item, Array.isArray(previous) ? previous[index] : undefined, collect),
    );
  }
  if (!isJsonObject(value)) return value;
  const nested = isJsonObject(previous) ? previous : {};
  collect(value, nested);
  return nested;
}

/** The plan requires the fields of one key among others; it identifies when none of that key's is null. */
export function compileKeyCheck(
  requirements: readonly Requirement[],
  serviceName: string,
  types: TypeIndex,
): (representation: JsonObject) => boolean {
  const keysByType = new Map<string, readonly KeyFields[]>();
  for (const requirement of requirements) {
    if (requirement.kind !== 'InlineFragment') continue;
    const required = new Set(
      requirement.selections.flatMap((selection) =>
        selection.kind === 'Field' ? [selection.alias ?? selection.name] : [],
      ),
    );
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
