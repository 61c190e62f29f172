/** A record of a fixture's data; `__typename` says what it is. */
export type Fact = { readonly __typename: string; readonly [field: string]: unknown };

/** How a field is had from its record. */
export type FactResolver = (fact: Fact, args: Record<string, unknown>) => unknown;

/**
 * One graph, described once: the subgraphs' SDL divides it, the facts and resolvers are common. So the monolith
 * that is compared with knows nothing of federation, and the subgraphs cannot disagree with it.
 */
export interface Fixture {
  readonly name: string;
  readonly subgraphs: readonly { readonly name: string; readonly sdl: string }[];
  /** By type and field; a field without one is read from the record. */
  readonly resolvers: Readonly<Record<string, Readonly<Record<string, FactResolver>>>>;
  /** All records that references find. */
  readonly facts: readonly Fact[];
  /**
   * Fields with `@requires`: computed from the required fields, which in a subgraph are those of the
   * representation and in the monolith those of the record.
   */
  readonly required?: Readonly<Record<string, Readonly<Record<string, FactResolver>>>>;
  /** Values to try for arguments, by the argument's type name. */
  readonly argumentValues?: Readonly<Record<string, readonly unknown[]>>;
}
