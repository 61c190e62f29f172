import type { Rewrite, RewritePath } from '../operations/planner.js';
import { isJsonObject, type JsonObject } from './json-object.js';
import type { TypeIndex } from './type-index.js';

/** Applies rewrites to a representation or to a subgraph's answer, in place. */
export type ApplyRewrites = (value: unknown) => void;

/**
 * Compiles the plan's rewrites: the planner renames keys where one response key would carry two types, and
 * sets `__typename` to the interface's name for subgraphs that know it as an `@interfaceObject`.
 */
export function compileRewrites(rewrites: readonly Rewrite[] | undefined, types: TypeIndex): ApplyRewrites {
  const compiled = (rewrites ?? []).map((rewrite) => compileRewrite(rewrite, types));
  return (value) => {
    for (const apply of compiled) apply(value);
  };
}

function compileRewrite(rewrite: Rewrite, types: TypeIndex): ApplyRewrites {
  if ('KeyRenamer' in rewrite) {
    const { path, renameKeyTo } = rewrite.KeyRenamer;
    return atLastKey(path, types, (object, key) => {
      if (object[key] === undefined) return;
      object[renameKeyTo] = object[key];
      delete object[key];
    });
  }
  const { path, setValueTo } = rewrite.ValueSetter;
  return atLastKey(path, types, (object, key) => {
    object[key] = setValueTo;
  });
}

function atLastKey(
  path: RewritePath,
  types: TypeIndex,
  change: (object: JsonObject, key: string) => void,
): ApplyRewrites {
  const [segment, ...rest] = path;
  if (segment === undefined) return () => {};
  if ('TypenameEquals' in segment) {
    const allowed = new Set(segment.TypenameEquals.flatMap((name) => [...types.possible(name)]));
    const apply = atLastKey(rest, types, change);
    return onEachObject((object) => {
      const typename = object.__typename;
      if (typeof typename !== 'string' || allowed.has(typename)) apply(object);
    });
  }
  if (rest.length === 0) return onEachObject((object) => change(object, segment.Key));
  const apply = atLastKey(rest, types, change);
  return onEachObject((object) => apply(object[segment.Key]));
}

function onEachObject(apply: (object: JsonObject) => void): ApplyRewrites {
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isJsonObject(value)) apply(value);
  };
  return visit;
}
