import {
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';

/** A representation of an entity that nobody has. */
export interface UnknownEntity {
  readonly typename: string;
  /** The `fields` argument of the `@key`. */
  readonly key: string;
  readonly representation: Readonly<Record<string, unknown>>;
}

type Fields = ReadonlyMap<string, readonly FieldDefinitionNode[]>;

/** One made-up representation for each resolvable `@key` of the SDL. */
export function unknownEntities(sdl: DocumentNode): UnknownEntity[] {
  const types = sdl.definitions.filter(isObject);
  const fields: Fields = new Map(
    types.map(({ name }) => [
      name.value,
      types.filter((type) => type.name.value === name.value).flatMap((type) => type.fields ?? []),
    ]),
  );
  return types.flatMap((type) =>
    resolvableKeys(type).map((key) => {
      const { definitions } = parse(`{ ${key} }`);
      const selection = (definitions[0] as { selectionSet: SelectionSetNode }).selectionSet;
      const typename = type.name.value;
      return {
        typename,
        key,
        representation: { __typename: typename, ...madeUp(selection, typename, fields) },
      };
    }),
  );
}

function isObject(definition: {
  kind: string;
}): definition is ObjectTypeDefinitionNode | ObjectTypeExtensionNode {
  return definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION;
}

function resolvableKeys(type: ObjectTypeDefinitionNode | ObjectTypeExtensionNode): string[] {
  return (type.directives ?? [])
    .filter(({ name }) => name.value === 'key')
    .flatMap(({ arguments: given = [] }) => {
      const value = (name: string) => given.find((argument) => argument.name.value === name)?.value;
      const fields = value('fields');
      const resolvable = value('resolvable');
      if (resolvable?.kind === Kind.BOOLEAN && !resolvable.value) return [];
      return fields?.kind === Kind.STRING ? [fields.value] : [];
    });
}

function madeUp(selection: SelectionSetNode, typename: string, fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    selection.selections.flatMap((node) => {
      if (node.kind !== Kind.FIELD) return [];
      const definition = fields.get(typename)?.find(({ name }) => name.value === node.name.value);
      const type = definition === undefined ? 'ID' : namedType(definition.type);
      const value = node.selectionSet ? madeUp(node.selectionSet, type, fields) : madeUpScalar(type);
      return [[node.name.value, value]];
    }),
  );
}

/** Well typed, and nobody's: what a client can send at any time. */
function madeUpScalar(type: string): unknown {
  switch (type) {
    case 'Int':
    case 'Float':
      return -1;
    case 'Boolean':
      return false;
    default:
      return 'no-such-key';
  }
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
