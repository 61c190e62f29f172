import type { FlatType } from './flat-requirements.js';
import type { JsonObject } from './json-object.js';
import { jsonString } from './json-string.js';

/** The distinct representations of one call in one execution. */
export interface RepresentationSet {
  /**
   * Index of the entity's representation, new or known; -1 when the entity has none: it is not of a type that
   * the fetch is for, or none of its keys is known (a nullable key that is null identifies nothing).
   */
  add(entity: JsonObject): number;
  /** JSON text of each representation, in order of index. */
  readonly json: readonly string[];
  /** The representations as values, for transports that want no text. */
  values(): readonly JsonObject[];
}

/** Builds a representation; null when the entity has none. */
export type BuildRepresentation = (entity: JsonObject) => JsonObject | null;

/** Any requirements: every representation is built, and equal ones are told by their text. */
export class GeneralRepresentations implements RepresentationSet {
  readonly json: string[] = [];
  readonly #values: JsonObject[] = [];
  readonly #indices = new Map<string, number>();

  constructor(private readonly build: BuildRepresentation) {}

  add(entity: JsonObject): number {
    const representation = this.build(entity);
    if (representation === null) return -1;
    const text = JSON.stringify(representation);
    const known = this.#indices.get(text);
    if (known !== undefined) return known;
    this.#indices.set(text, this.json.length);
    this.json.push(text);
    return this.#values.push(representation) - 1;
  }

  values(): readonly JsonObject[] {
    return this.#values;
  }
}

/** Indices by the values of one field after another. */
type ValueTree = Map<unknown, ValueTree | number>;

/**
 * Plain fields of one fragment a type, which is the common case: equal ones are told by looking up their values
 * one after the other, so that an entity that was seen before costs no allocation.
 */
export class FlatRepresentations implements RepresentationSet {
  readonly json: string[] = [];
  readonly #entities: JsonObject[] = [];
  readonly #trees = new Map<FlatType, ValueTree>();

  constructor(
    private readonly types: ReadonlyMap<string, FlatType>,
    private readonly build: BuildRepresentation,
  ) {}

  add(entity: JsonObject): number {
    const type = this.types.get(entity.__typename as string);
    if (type === undefined || !isIdentified(entity, type.keys)) return -1;
    let tree = this.#trees.get(type);
    if (tree === undefined) {
      tree = new Map();
      this.#trees.set(type, tree);
    }
    const last = type.fields.length - 1;
    for (let depth = 0; depth < last; depth++) tree = branch(tree, entity[type.fields[depth]?.key as string]);
    const value = entity[type.fields[last]?.key as string];
    const known = tree.get(value);
    if (known !== undefined) return known as number;
    tree.set(value, this.json.length);
    this.json.push(write(entity, type));
    return this.#entities.push(entity) - 1;
  }

  values(): readonly JsonObject[] {
    return this.#entities.map((entity) => this.build(entity) as JsonObject);
  }
}

function branch(tree: ValueTree, value: unknown): ValueTree {
  const known = tree.get(value);
  if (known !== undefined) return known as ValueTree;
  const next: ValueTree = new Map();
  tree.set(value, next);
  return next;
}

function isIdentified(entity: JsonObject, keys: FlatType['keys']): boolean {
  if (keys.length === 0) return true;
  for (const key of keys) {
    let known = true;
    for (const field of key) known &&= entity[field] !== undefined && entity[field] !== null;
    if (known) return true;
  }
  return false;
}

function write(entity: JsonObject, { start, fields }: FlatType): string {
  let text = start;
  for (const { head, key } of fields) {
    const value = entity[key];
    if (value === undefined) continue;
    text += head + (typeof value === 'string' ? jsonString(value) : JSON.stringify(value));
  }
  return `${text}}`;
}
