import {
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLCompositeType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  type SelectionSetNode,
} from 'graphql';
import { isJsonObject, type JsonObject } from '../json-object.js';
import { jsonString } from '../json-string.js';
import { clientKey } from '../response-key.js';
import { collectFields, type SelectionContext } from './collect-fields.js';
import { leafWriter } from './leaf-writer.js';
import { Position } from './position.js';
import type { ProjectionState } from './projection-state.js';

/** Writes a value as JSON text; undefined when it is null where none may be, so that the parent is null. */
export type Writer = (value: unknown, state: ProjectionState) => string | undefined;

/** Which field a writer is for: `Type.field`, for messages. */
type Coordinate = string;

/** Compiles the writer of the response's root object. */
export function compileRootWriter(
  context: SelectionContext,
  type: GraphQLObjectType,
  selectionSet: SelectionSetNode,
): Writer {
  return compileObject(context, type, [selectionSet], Position.root);
}

function compileValue(
  context: SelectionContext,
  type: GraphQLOutputType,
  selectionSets: readonly SelectionSetNode[],
  position: Position,
  coordinate: Coordinate,
): Writer {
  if (!isNonNullType(type)) {
    const write = compilePresent(context, type, selectionSets, position, coordinate);
    return (value, state) => {
      if (value === null || value === undefined) return 'null';
      const text = write(value, state);
      if (text !== undefined) return text;
      state.nulled(position);
      return 'null';
    };
  }
  const write = compilePresent(context, type.ofType, selectionSets, position, coordinate);
  return (value, state) => {
    if (value !== null && value !== undefined) return write(value, state);
    state.nullViolation(position, coordinate);
    return undefined;
  };
}

/** The writer of a value that is not null. */
function compilePresent(
  context: SelectionContext,
  type: GraphQLOutputType,
  selectionSets: readonly SelectionSetNode[],
  position: Position,
  coordinate: Coordinate,
): Writer {
  if (isListType(type)) {
    return writtenOnce(compileList(context, type.ofType, selectionSets, position, coordinate));
  }
  if (isLeafType(type)) {
    const write = leafWriter(type);
    return (value, state) => {
      const text = write(value);
      if (text === undefined) state.wrongShape(position, coordinate, type.name, value);
      return text;
    };
  }
  const composite = type as GraphQLCompositeType;
  const write = isAbstractType(composite)
    ? compileAbstract(context, composite, selectionSets, position, coordinate)
    : compileObject(context, composite, selectionSets, position);
  return writtenOnce((value, state) => {
    if (isJsonObject(value)) return write(value, state);
    state.wrongShape(position, coordinate, `an object of type ${composite.name}`, value);
    return undefined;
  });
}

/** Entities' answers may stand at many places of a response; their text is then written once. */
function writtenOnce(write: Writer): Writer {
  return (value, state) =>
    state.isShared(value as object) ? state.once(value as object, write) : write(value, state);
}

function compileList(
  context: SelectionContext,
  itemType: GraphQLOutputType,
  selectionSets: readonly SelectionSetNode[],
  position: Position,
  coordinate: Coordinate,
): Writer {
  const write = compileValue(context, itemType, selectionSets, position.item(), coordinate);
  const slot = position.listDepth;
  return (value, state) => {
    if (!Array.isArray(value)) {
      state.wrongShape(position, coordinate, 'a list', value);
      return undefined;
    }
    let text = '[';
    for (let index = 0; index < value.length; index++) {
      state.indices[slot] = index;
      const item = write(value[index], state);
      if (item === undefined) return undefined;
      text += index === 0 ? item : `,${item}`;
    }
    return `${text}]`;
  };
}

/** The writer of an interface or union: one object writer per runtime type, compiled when first met. */
function compileAbstract(
  context: SelectionContext,
  type: GraphQLAbstractType,
  selectionSets: readonly SelectionSetNode[],
  position: Position,
  coordinate: Coordinate,
): Writer {
  const possible = new Map(context.schema.getPossibleTypes(type).map((object) => [object.name, object]));
  const writers = new Map<string, Writer>();
  return (value, state) => {
    const typename = String((value as JsonObject).__typename ?? type.name);
    const known = writers.get(typename);
    if (known !== undefined) return known(value, state);
    const runtimeType = possible.get(typename) ?? unknownRuntimeType(type, typename);
    if (runtimeType === null) {
      state.wrongShape(position, coordinate, `a __typename of ${type.name}`, typename);
      return undefined;
    }
    const write = compileObject(context, runtimeType, selectionSets, position);
    writers.set(typename, write);
    return write(value, state);
  };
}

/**
 * Where nothing depends on the runtime type the plan does not ask for it, and a subgraph with an
 * `@interfaceObject` answers with the interface's name: then the interface's own fields are written.
 */
function unknownRuntimeType(type: GraphQLAbstractType, typename: string): GraphQLInterfaceType | null {
  return isInterfaceType(type) && typename === type.name ? type : null;
}

/** One member of an object: `"key":` with its separator, where its value is, and how it is written. */
interface MemberWriter {
  readonly head: string;
  readonly key: string;
  readonly write: Writer;
}

function compileObject(
  context: SelectionContext,
  type: GraphQLObjectType | GraphQLInterfaceType,
  selectionSets: readonly SelectionSetNode[],
  position: Position,
): Writer {
  const members: MemberWriter[] = [];
  for (const [key, nodes] of collectFields(context, type, selectionSets)) {
    const head = `${members.length === 0 ? '' : ','}${jsonString(clientKey(key))}:`;
    members.push({ head, key, write: ownOnly(key, compileField(context, type, nodes, position.field(key))) });
  }
  return (value, state) => {
    let text = '{';
    for (const member of members) {
      const written = member.write((value as JsonObject)[member.key], state);
      if (written === undefined) return undefined;
      text += member.head + written;
    }
    return `${text}}`;
  };
}

/** A response key such as `constructor` finds an inherited function where an answer has no such member. */
function ownOnly(key: string, write: Writer): Writer {
  if (!(key in Object.prototype)) return write;
  return (value, state) => write(typeof value === 'function' ? undefined : value, state);
}

function compileField(
  context: SelectionContext,
  parent: GraphQLObjectType | GraphQLInterfaceType,
  nodes: readonly FieldNode[],
  position: Position,
): Writer {
  const name = (nodes[0] as FieldNode).name.value;
  if (name === '__typename') {
    const text = jsonString(parent.name);
    return () => text;
  }
  if (name === '__schema' || name === '__type') return (value) => JSON.stringify(value ?? null);
  const field = parent.getFields()[name];
  if (field === undefined)
    throw new TypeError(`${parent.name} has no field ${name}: validate before compiling`);
  const selectionSets = nodes.flatMap((node) => node.selectionSet ?? []);
  return compileValue(context, field.type, selectionSets, position, `${parent.name}.${name}`);
}
