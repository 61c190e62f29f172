/** Resolvers by type and field; `__resolveReference` and `__resolveType` as @apollo/subgraph takes them. */
export type AuditResolvers = Readonly<
  Record<string, Readonly<Record<string, (source: never, args: never) => unknown>>>
>;

/** One subgraph, with data of its own: it knows nothing that its schema does not have. */
export interface AuditSubgraph {
  readonly name: string;
  readonly sdl: string;
  readonly resolvers: AuditResolvers;
}

/** An operation and what the specifications say its answer is. */
export interface AuditCase {
  /** The hazard. */
  readonly title: string;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  /** Written by hand from the meaning of the schema. `undefined` when the operation must be refused. */
  readonly data: Record<string, unknown> | null | undefined;
  /**
   * Why this answer is not given yet, and by whose fault. The test then demands that it is not, so that whoever
   * mends it is told to take this away.
   */
  readonly knownGap?: string;
  /** Paths of the errors, joined by dots; none unless given. */
  readonly errors?: readonly string[];
  /** How many operations subgraphs may get at most; only where fewer calls are the point. */
  readonly mostCalls?: Readonly<Record<string, number>>;
}

/** One topic: some subgraphs and operations on them. */
export interface AuditFixture {
  readonly topic: string;
  readonly subgraphs: readonly AuditSubgraph[];
  readonly cases: readonly AuditCase[];
}

/** The head of a federation 2 subgraph, with every directive that the audits use. */
export const federation2 = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
    "@key", "@external", "@requires", "@provides", "@shareable", "@override", "@inaccessible", "@interfaceObject"
  ])
`;

/** Finds the record whose fields all equal the reference's, except `__typename`. */
export function findBy<Item extends object>(items: readonly Item[], ...keys: (keyof Item)[]) {
  return (reference: Partial<Item>): Item | null =>
    items.find((item) => keys.every((key) => !(key in reference) || item[key] === reference[key])) ?? null;
}
