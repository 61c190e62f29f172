/**
 * A query plan, as `@graphql-hive/router-query-planner` 0.0.38 writes it (plain JSON). Source: the package's
 * `index.d.ts`, and observation where it is silent (`Subscription.primary` has no `kind`).
 */
export interface QueryPlan {
  readonly kind: 'QueryPlan';
  readonly node: PlanNode | null;
}

export type PlanNode =
  | FetchNode
  | BatchFetchNode
  | FlattenNode
  | SubscriptionNode
  | { readonly kind: 'Sequence'; readonly nodes: readonly PlanNode[] }
  | { readonly kind: 'Parallel'; readonly nodes: readonly PlanNode[] };

/** One request to one subgraph; with `requires`, an `_entities` request for representations. */
export interface FetchNode {
  readonly kind: 'Fetch';
  readonly serviceName: string;
  readonly operationKind: 'query' | 'mutation' | 'subscription';
  readonly operation: string;
  readonly variableUsages?: readonly string[];
  readonly requires?: readonly Requirement[];
  readonly inputRewrites?: readonly Rewrite[] | undefined;
  readonly outputRewrites?: readonly Rewrite[] | undefined;
}

/** Several `_entities` calls to one subgraph, aliased into one request. */
export interface BatchFetchNode {
  readonly kind: 'BatchFetch';
  readonly serviceName: string;
  readonly operationKind: 'query';
  readonly operation: string;
  readonly variableUsages?: readonly string[];
  readonly entityBatch: { readonly aliases: readonly EntityAlias[] };
}

export interface EntityAlias {
  readonly alias: string;
  readonly representationsVariableName: string;
  readonly paths: readonly PlanPath[];
  readonly requires: readonly Requirement[];
  readonly inputRewrites?: readonly Rewrite[] | undefined;
  readonly outputRewrites?: readonly Rewrite[] | undefined;
}

export interface FlattenNode {
  readonly kind: 'Flatten';
  readonly path: PlanPath;
  readonly node: FetchNode;
}

export interface SubscriptionNode {
  readonly kind: 'Subscription';
  readonly primary: Omit<FetchNode, 'kind'>;
}

export type PlanPath = readonly (
  | '@'
  | { readonly Field: string }
  | { readonly TypeCondition: readonly string[] }
)[];

/** What a representation must carry. */
export type Requirement =
  | {
      readonly kind: 'InlineFragment';
      readonly typeCondition: string;
      readonly selections: readonly Requirement[];
    }
  | {
      readonly kind: 'Field';
      readonly name: string;
      readonly alias?: string;
      readonly selections?: readonly Requirement[];
    };

export type RewritePath = readonly (
  | { readonly TypenameEquals: readonly string[] }
  | { readonly Key: string }
)[];

/** A change to representations before they are sent, or to answers before they are merged. */
export type Rewrite =
  | { readonly ValueSetter: { readonly path: RewritePath; readonly setValueTo: unknown } }
  | { readonly KeyRenamer: { readonly path: RewritePath; readonly renameKeyTo: string } };

/**
 * Plans operations over one supergraph. Implementations never plan in the gateway's own process: the native
 * planner aborts its process on some valid operations (docs/adr/0003-planner-processes.md).
 */
export interface Planner extends AsyncDisposable {
  /**
   * @param document  a valid document, checked with graphql-js against the public schema first, without `@skip`
   *   and `@include`
   * @param operationName  which operation; null only when there is exactly one
   * @throws DeskgraphError PLAN_FAILED when it cannot be planned or is quarantined (it killed or hung a
   *   planner process before); PLANNER_UNAVAILABLE (retryable) when no process is up within the deadline
   */
  plan(document: string, operationName: string | null): Promise<QueryPlan>;
}
