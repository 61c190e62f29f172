/** One outbound call. */
export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Whole-call deadline over all attempts; default from the client's options. */
  readonly deadlineMs?: number;
  /** May it be sent twice? Default: true for GET, HEAD, PUT and DELETE. */
  readonly idempotent?: boolean;
  /** Gives the call up: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** W3C trace context to pass on, as in the resolvers' context. */
  readonly traceparent?: string | undefined;
}

/** A response whose body was already read (so that no connection leaks). */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Body as UTF-8 text, at most `maxResponseBytes`. */
  readonly text: string;
  /** The body parsed as JSON. @throws DeskgraphError UPSTREAM_MALFORMED */
  json(): unknown;
}

/** A resilient HTTP client: deadline, jittered retry with a budget, circuit breaker, bulkhead. */
export interface HttpClient {
  /**
   * @throws DeskgraphError UPSTREAM_TIMEOUT | UPSTREAM_UNREACHABLE | UPSTREAM_CIRCUIT_OPEN |
   *   UPSTREAM_OVERLOADED | UPSTREAM_TOO_LARGE | NETWORK_SCOPE_DENIED. A response of any status is returned;
   *   redirects are not followed, because their target may be outside the plugin's scopes.
   */
  request(url: string, request?: HttpRequest): Promise<HttpResponse>;
}
