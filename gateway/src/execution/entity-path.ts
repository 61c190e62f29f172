import type { PlanPath } from '../operations/planner.js';
import type { ResponsePath } from './execution-state.js';
import { isJsonObject, type JsonObject } from './json-object.js';
import type { TypeIndex } from './type-index.js';

/** A compiled `Flatten` path: finds the entities of a fetch in the merged data. */
export interface EntityPath {
  /** Appends the objects at the path; with `distinct`, each object once however often it is shared. */
  collect(data: JsonObject, into: JsonObject[], distinct: boolean): void;
  /** The concrete places of one object, for error paths; costs a full walk, so only used when there are errors. */
  locate(data: JsonObject, wanted: object): ResponsePath[];
}

type Segment =
  | { readonly kind: 'field'; readonly key: string }
  | { readonly kind: 'items' }
  | { readonly kind: 'type'; readonly allowed: ReadonlySet<string> };

/** Compiles a path once per plan. */
export function compileEntityPath(path: PlanPath, types: TypeIndex): EntityPath {
  const segments = path.map((segment) => compileSegment(segment, types));
  return {
    collect(data, into, distinct) {
      let level: unknown[] = [data];
      for (const segment of segments) level = descend(level, segment, distinct);
      for (const value of level) if (isJsonObject(value)) into.push(value);
    },
    locate(data, wanted) {
      const places: ResponsePath[] = [];
      locate(data, segments, 0, [], wanted, places);
      return places;
    },
  };
}

function compileSegment(segment: PlanPath[number], types: TypeIndex): Segment {
  if (segment === '@') return { kind: 'items' };
  if ('Field' in segment) return { kind: 'field', key: segment.Field };
  return {
    kind: 'type',
    allowed: new Set(segment.TypeCondition.flatMap((name) => [...types.possible(name)])),
  };
}

function descend(level: readonly unknown[], segment: Segment, distinct: boolean): unknown[] {
  const next: unknown[] = [];
  for (const value of level) {
    if (typeof value !== 'object' || value === null) continue;
    if (segment.kind === 'field') next.push((value as JsonObject)[segment.key]);
    else if (segment.kind === 'type') {
      if (hasType(value as JsonObject, segment.allowed)) next.push(value);
    } else if (Array.isArray(value)) for (const item of value) next.push(item);
  }
  return distinct && next.length > 1 ? [...new Set(next)] : next;
}

function hasType(value: JsonObject, allowed: ReadonlySet<string>): boolean {
  return typeof value.__typename !== 'string' || allowed.has(value.__typename);
}

function locate(
  value: unknown,
  segments: readonly Segment[],
  depth: number,
  path: (string | number)[],
  wanted: object,
  places: ResponsePath[],
): void {
  const segment = segments[depth];
  if (segment === undefined) {
    if (value === wanted) places.push([...path]);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const step = (key: string | number, next: unknown) => {
    path.push(key);
    locate(next, segments, depth + 1, path, wanted, places);
    path.pop();
  };
  if (segment.kind === 'field') step(segment.key, (value as JsonObject)[segment.key]);
  else if (segment.kind === 'items') {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) step(index, item);
  } else if (hasType(value as JsonObject, segment.allowed)) {
    locate(value, segments, depth + 1, path, wanted, places);
  }
}
