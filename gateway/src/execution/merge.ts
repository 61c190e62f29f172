import { isJsonObject, type JsonObject } from './json-object.js';

/**
 * Merges a subgraph's answer into what other subgraphs answered for the same object. Parts of `source` may be
 * taken over by reference, so it must not be used elsewhere. Lists merge by index: all subgraphs list a value
 * type's items in the order of the one that owns the list.
 */
export function mergeInto(target: JsonObject, source: JsonObject): void {
  if (target === source) return;
  for (const key in source) {
    // Assigning to it would change an object's prototype, merging into it every object's.
    if (key === '__proto__') continue;
    const current = target[key];
    const next = source[key];
    if (current === undefined || current === null) target[key] = next;
    else if (typeof current !== 'object') target[key] = next ?? current;
    else if (typeof next === 'object' && next !== null) mergeComposites(current, next);
  }
}

function mergeComposites(current: object, next: object): void {
  if (Array.isArray(current)) {
    if (Array.isArray(next)) mergeLists(current, next);
  } else if (isJsonObject(next)) mergeInto(current as JsonObject, next);
}

function mergeLists(current: unknown[], next: readonly unknown[]): void {
  if (current === next) return;
  for (let index = 0; index < next.length; index++) {
    const a = current[index];
    const b = next[index];
    if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) mergeComposites(a, b);
    else current[index] = b ?? a;
  }
}

/** A copy that shares nothing with the original. */
export function cloneJson<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(cloneJson) as Value;
  if (!isJsonObject(value)) return value;
  const copy: JsonObject = {};
  for (const key in value) if (key !== '__proto__') copy[key] = cloneJson(value[key]);
  return copy as Value;
}
