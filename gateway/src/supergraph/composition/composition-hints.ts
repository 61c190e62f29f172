/** What to change, by composition code. The codes are those of the federation specification's error list. */
const hints: Readonly<Record<string, string>> = {
  NO_SUBGRAPHS: 'Add at least one subgraph.',
  DUPLICATE_SUBGRAPH: 'Give each subgraph a name of its own.',
  INVALID_SUBGRAPH_NAME: 'Name the subgraph with letters, digits, "-" and "_", beginning with a letter.',
  FROM_CONTEXT_UNSUPPORTED:
    'Take @context and @fromContext out: the query planner ignores them. Pass the value as an ordinary argument, or read it with @requires.',
  INVALID_GRAPHQL:
    'Correct the SDL of this subgraph. A federation directive must also be imported with @link.',
  NO_QUERIES: 'Add a Query type with at least one field to a subgraph.',
  INVALID_FIELD_SHARING:
    'Mark the field @shareable in each subgraph if they all resolve it alike; otherwise keep it in one, or use @override(from:) to move it.',
  FIELD_TYPE_MISMATCH: 'Give the field the same type in each subgraph.',
  FIELD_ARGUMENT_TYPE_MISMATCH: 'Give the argument the same type in each subgraph.',
  FIELD_ARGUMENT_DEFAULT_MISMATCH: 'Give the argument the same default value in each subgraph.',
  INPUT_FIELD_DEFAULT_MISMATCH: 'Give the input field the same default value in each subgraph.',
  REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH:
    'Add the argument in each subgraph, or make it optional where it is.',
  REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH:
    'Add the input field in each subgraph, or make it optional where it is.',
  TYPE_KIND_MISMATCH: 'Rename the type in one of the subgraphs, or define it as the same kind in all.',
  ENUM_VALUE_MISMATCH:
    'Define the same values in each subgraph (a value may be @inaccessible), since the enum is both input and output.',
  EMPTY_MERGED_ENUM_TYPE: 'Give the subgraphs at least one value in common.',
  EMPTY_MERGED_INPUT_TYPE: 'Give the subgraphs at least one input field in common.',
  EXTENSION_WITH_NO_BASE: 'Define the type in some subgraph, or write "type" instead of "extend type".',
  EXTERNAL_UNUSED: 'Remove the @external field, or use it in a @key, @requires or @provides.',
  EXTERNAL_MISSING_ON_BASE: 'Define the field without @external in the subgraph that resolves it.',
  EXTERNAL_TYPE_MISMATCH: 'Give the @external field the type it has where it is resolved.',
  EXTERNAL_ARGUMENT_MISSING: 'Declare the argument on the @external field too.',
  SATISFIABILITY_ERROR:
    'Give the type a @key that both subgraphs can resolve, or resolve the field in the subgraph that the query starts from (@shareable).',
  KEY_INVALID_FIELDS: 'Name fields of this type in @key(fields:).',
  KEY_FIELDS_HAS_ARGS: 'Use only fields without arguments in @key(fields:).',
  KEY_FIELDS_SELECT_INVALID_TYPE: 'Use only fields of scalar, enum or object types in @key(fields:).',
  REQUIRES_INVALID_FIELDS: 'Name fields of this type in @requires(fields:), declared @external here.',
  REQUIRES_FIELDS_MISSING_EXTERNAL: 'Mark the fields that @requires names @external in this subgraph.',
  PROVIDES_INVALID_FIELDS: "Name fields of the field's type in @provides(fields:).",
  PROVIDES_FIELDS_MISSING_EXTERNAL: 'Mark the fields that @provides names @external in this subgraph.',
  INTERFACE_FIELD_NO_IMPLEM: 'Add the field to each type that implements the interface, in any subgraph.',
  INTERFACE_KEY_NOT_ON_IMPLEMENTATION: 'Give each implementation the @key that the interface has.',
  INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE:
    'Define all implementations in the subgraph whose interface has the @key.',
  INTERFACE_OBJECT_USAGE_ERROR: 'Give the interface a @key in a subgraph that defines it as an interface.',
  OVERRIDE_FROM_SELF_ERROR: 'Name another subgraph in @override(from:).',
  OVERRIDE_SOURCE_HAS_OVERRIDE: 'Leave @override in one of the subgraphs only.',
  OVERRIDE_LABEL_INVALID: 'Write the label as "percent(0..100)" or as a name of letters, digits and _-:./.',
  UNKNOWN_FEDERATION_LINK_VERSION: 'Link a federation version up to v2.9.',
  INVALID_LINK_IDENTIFIER: 'Write the @link url as https://host/name/vX.Y.',
  INVALID_LINK_DIRECTIVE_USAGE: 'Correct the @link on the schema; see the message.',
  DIRECTIVE_COMPOSITION_ERROR:
    'Define the directive, @link it from a specification url, and name it in @composeDirective.',
  ROOT_TYPE_USED: 'Rename the type, or make it the root type of its operation.',
  REFERENCED_INACCESSIBLE: 'Mark what refers to it @inaccessible too, or take @inaccessible away.',
  ONLY_INACCESSIBLE_CHILDREN: 'Mark the type itself @inaccessible, or leave one of its parts visible.',
  REQUIRED_INACCESSIBLE: 'Make the argument or input field optional, or take @inaccessible away.',
  MISSING_TRANSITIVE_AUTH_REQUIREMENTS: 'Repeat the auth directives of the required fields on this field.',
  AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE: 'Put the auth directives on the implementing types.',
  COMPOSITION_CRASHED: 'Compose smaller sets of subgraphs to find the one, and report it.',
};

/** What to change for a composition code. */
export function hintFor(code: string): string {
  return hints[code] ?? 'Change the definition that the message names in one of the subgraphs it names.';
}
