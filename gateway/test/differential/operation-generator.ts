import {
  doTypesOverlap,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isUnionType,
  parse,
  validate,
} from 'graphql';
import type { Random } from './random.js';

/** A random operation with its variables. */
export interface GeneratedOperation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

const maxDepth = 4;

/**
 * Random valid operations: fields, aliases, arguments (literals, variables, defaults), named and inline fragments on
 * object and abstract types, used more than once, `@skip`/`@include`, `__typename`. Left out: equal response keys with different
 * arguments under different union members, which the planner cannot plan; every field with arguments gets an alias
 * of its own.
 */
export class OperationGenerator {
  #variables: Record<string, unknown> = {};
  #declarations: string[] = [];
  #fragments = new Map<string, string>();
  #names = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly random: Random,
    private readonly argumentValues: Readonly<Record<string, readonly unknown[]>> = {},
  ) {}

  /** The next operation. What happens to break a rule (mostly: fields that cannot be merged) is thrown away. */
  operation(): GeneratedOperation {
    for (;;) {
      const operation = this.#attempt();
      if (validate(this.schema, parse(operation.query)).length === 0) return operation;
    }
  }

  #attempt(): GeneratedOperation {
    this.#variables = {};
    this.#declarations = [];
    this.#fragments = new Map();
    this.#names = 0;
    const mutation = this.schema.getMutationType();
    const isMutation = mutation && this.random.chance(0.15);
    const root = isMutation ? mutation : this.schema.getQueryType();
    const selections = this.#selections(root as GraphQLCompositeType, 0);
    const declared = this.#declarations.length > 0 ? `(${this.#declarations.join(', ')})` : '';
    const text = `${isMutation ? 'mutation' : 'query'} Generated${declared} ${selections}`;
    return { query: [text, ...this.#fragments.values()].join('\n'), variables: this.#variables };
  }

  #selections(type: GraphQLCompositeType, depth: number): string {
    const parts = isUnionType(type) ? ['__typename'] : this.#fields(type, depth);
    if (!isUnionType(type) && this.random.chance(0.15)) parts.push(...this.#misnamed(type));
    if (isAbstractType(type)) parts.push(...this.#typed(type, depth));
    else if (depth > 0 && this.random.chance(0.15)) parts.push(this.#fragment(type, depth));
    if (this.random.chance(0.15))
      parts.push(this.random.chance(0.5) ? '__typename' : `${this.#name('t')}: __typename`);
    return `{ ${parts.join(' ')} }`;
  }

  #fields(type: Exclude<GraphQLCompositeType, { getTypes(): unknown }>, depth: number): string[] {
    const all = Object.values(type.getFields());
    const usable = depth >= maxDepth ? all.filter((field) => isLeafType(getNamedType(field.type))) : all;
    if (usable.length === 0) return ['__typename'];
    const chosen = this.random.some(usable, depth === 0 ? 3 : 4);
    const again = chosen.filter((field) => field.args.length > 0 && this.random.chance(0.3));
    return [...chosen, ...again].map((field) => this.#field(field, depth));
  }

  /** A leaf under the name of another field, which a key or a requirement may be. */
  #misnamed(type: Exclude<GraphQLCompositeType, { getTypes(): unknown }>): string[] {
    const all = Object.values(type.getFields());
    const leaves = all.filter((field) => isLeafType(getNamedType(field.type)) && field.args.length === 0);
    if (leaves.length === 0) return [];
    return [`${this.random.pick(all).name}: ${this.random.pick(leaves).name}`];
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const args = this.#arguments(field.args);
    const named = getNamedType(field.type);
    const aliased = args !== '' || this.random.chance(0.15);
    const alias = aliased ? `${this.#name('a')}: ` : '';
    const nested = isCompositeType(named) ? ` ${this.#selections(named, depth + 1)}` : '';
    return `${alias}${field.name}${args}${this.#condition()}${nested}`;
  }

  /** Fragments on some of the runtime types, and sometimes on the abstract type itself. */
  #typed(type: GraphQLCompositeType, depth: number): string[] {
    if (!isAbstractType(type) || depth > maxDepth) return [];
    const possible = this.schema.getPossibleTypes(type);
    const chosen = this.random.some(possible, 2).map((object) => this.#fragment(object, depth));
    return this.random.chance(0.2) && !isUnionType(type)
      ? [...chosen, this.#fragment(type, depth + 1)]
      : chosen;
  }

  #fragment(parent: GraphQLCompositeType, depth: number): string {
    const known = [...this.#fragments.keys()];
    if (known.length > 0 && this.random.chance(0.1)) return `...${this.random.pick(known)}`;
    const type = this.random.chance(0.25) ? this.#overlapping(parent) : parent;
    const body = this.#selections(type, depth + 1);
    if (this.random.chance(0.7)) return `... on ${type.name}${this.#condition()} ${body}`;
    const name = this.#name('F');
    this.#fragments.set(name, `fragment ${name} on ${type.name} ${body}`);
    return `...${name}${this.#condition()}`;
  }

  /** A type that a value of this type may also be: an interface of another subgraph, for instance. */
  #overlapping(type: GraphQLCompositeType): GraphQLCompositeType {
    const all = Object.values(this.schema.getTypeMap()).filter(isCompositeType);
    return this.random.pick(all.filter((other) => doTypesOverlap(this.schema, type, other)));
  }

  #condition(): string {
    if (!this.random.chance(0.08)) return '';
    const directive = this.random.pick(['skip', 'include']);
    if (this.random.chance(0.3)) return ` @${directive}(if: ${this.random.chance(0.5)})`;
    return ` @${directive}(if: ${this.#variable('Boolean!', this.random.chance(0.5))})`;
  }

  #arguments(args: readonly GraphQLArgument[]): string {
    const written = args.flatMap((arg) => {
      const optional = !isNonNullType(arg.type) || arg.defaultValue !== undefined;
      if (optional && this.random.chance(0.3)) return [];
      const value = this.#value(arg.type);
      if (this.random.chance(0.5)) return [`${arg.name}: ${this.#argumentVariable(arg.type, value)}`];
      return [`${arg.name}: ${literal(value, arg.type)}`];
    });
    return written.length > 0 ? `(${written.join(', ')})` : '';
  }

  /** Given, or left to its default, or not given at all. */
  #argumentVariable(type: GraphQLInputType, value: unknown): string {
    if (this.random.chance(0.2)) return this.#variable(`${type} = ${literal(value, type)}`, undefined);
    const omitted = !isNonNullType(type) && this.random.chance(0.1);
    return this.#variable(String(type), omitted ? undefined : value);
  }

  #variable(type: string, value: unknown): string {
    const name = this.#name('v');
    this.#declarations.push(`$${name}: ${type}`);
    if (value !== undefined) this.#variables[name] = value;
    return `$${name}`;
  }

  #value(type: GraphQLInputType): unknown {
    if (isNonNullType(type)) return this.#present(type.ofType);
    return this.random.chance(0.1) ? null : this.#present(type);
  }

  #present(type: GraphQLInputType): unknown {
    if (isNonNullType(type)) return this.#present(type.ofType);
    if (isListType(type)) return Array.from({ length: this.random.below(3) }, () => this.#value(type.ofType));
    if (isEnumType(type)) return this.random.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => (isNonNullType(field.type) && field.defaultValue === undefined) || this.random.chance(0.6),
      );
      return Object.fromEntries(fields.map((field) => [field.name, this.#value(field.type)]));
    }
    const pool = this.argumentValues[type.name] ?? defaultValues[type.name] ?? ['x'];
    return this.random.pick(pool);
  }

  #name(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }
}

const defaultValues: Readonly<Record<string, readonly unknown[]>> = {
  Int: [0, 1, 2, 3, 7],
  Float: [0.5, 2],
  String: ['a', 'b', 'q"uo\\te', '中文'],
  Boolean: [true, false],
  ID: ['1', '2', '3', '4', 'none'],
};

/** GraphQL text of an input value. */
function literal(value: unknown, type: GraphQLInputType): string {
  if (value === null) return 'null';
  if (isNonNullType(type)) return literal(value, type.ofType);
  if (isListType(type))
    return `[${(value as unknown[]).map((item) => literal(item, type.ofType)).join(', ')}]`;
  if (isEnumType(type)) return String(value);
  if (isInputObjectType(type)) {
    const fields = type.getFields();
    const members = Object.entries(value as object).map(
      ([name, member]) => `${name}: ${literal(member, (fields[name] as { type: GraphQLInputType }).type)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return plain(value);
}

/** A custom scalar's value; GraphQL writes object keys without quotes. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plain).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, member]) => `${key}: ${plain(member)}`)
    .join(', ')}}`;
}
