import {
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** Which fields of a schema the generated operations select. */
export class Coverage {
  readonly #selected = new Set<string>();
  readonly #all: ReadonlySet<string>;

  constructor(private readonly schema: GraphQLSchema) {
    const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
    this.#all = new Set(
      types.flatMap((type) =>
        isObjectType(type) || isInterfaceType(type)
          ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
          : [],
      ),
    );
  }

  add(query: string): void {
    const types = new TypeInfo(this.schema);
    visit(
      parse(query),
      visitWithTypeInfo(types, {
        Field: ({ name }) => {
          this.#selected.add(`${types.getParentType()?.name}.${name.value}`);
        },
      }),
    );
  }

  /** Fields that no operation selected, as `Type.field`. */
  get missing(): string[] {
    return [...this.#all].filter((field) => !this.#selected.has(field));
  }

  toString(): string {
    return `${this.#all.size - this.missing.length} of ${this.#all.size} fields selected`;
  }
}
