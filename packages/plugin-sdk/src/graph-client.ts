/** An error of the graph (GraphQL specification, section 7.1.2). */
export interface GraphError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** What the graph answered. */
export interface GraphResult<Data = Record<string, unknown>> {
  /** Null when nothing could be had; single fields are null where they failed. */
  readonly data: Data | null;
  /** Absent when there are none. */
  readonly errors?: readonly GraphError[];
}

/**
 * Asks the unified graph, as a principal of its own: kind `service`, id `plugin:<id>`, with the scopes that the
 * manifest names under `scopes.graph`. This is how plugins meet without knowing each other.
 */
export interface GraphClient {
  /**
   * Runs a query or mutation. What fields do wrong is in `errors`.
   * @param options.signal gives up; the query then rejects with the signal's reason
   * @throws DeskgraphError GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED or another code of a refused operation;
   *   PLUGIN_UNAVAILABLE (retryable) while there is no graph yet; SUBGRAPH_TIMEOUT (retryable) after 10 s
   */
  query<Data = Record<string, unknown>>(
    document: string,
    variables?: Readonly<Record<string, unknown>>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<GraphResult<Data>>;
}
