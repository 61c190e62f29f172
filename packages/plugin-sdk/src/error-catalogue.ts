/** What every code means. `docs/errors.md` lists the same rows; a test keeps the two and the code together. */
export interface ErrorEntry {
  /** What happened, in one sentence. */
  readonly meaning: string;
  /** HTTP status when it ends a whole request. */
  readonly status: number;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** What the reader can do. */
  readonly remedy: string;
}

const entry = (meaning: string, status: number, retryable: boolean, remedy: string): ErrorEntry => ({
  meaning,
  status,
  retryable,
  remedy,
});

/** Every error code of Deskgraph. */
export const errorCatalogue = {
  // Requests
  BAD_REQUEST: entry(
    'The request is not a GraphQL-over-HTTP request.',
    400,
    false,
    'Send JSON with a "query" string; see the message.',
  ),
  BODY_TOO_LARGE: entry(
    'The request body is over the limit.',
    413,
    false,
    'Send less, or raise server.maxBodyBytes.',
  ),
  METHOD_NOT_ALLOWED: entry(
    'The HTTP method does not fit the request.',
    405,
    false,
    'Send queries by GET or POST, mutations by POST; see the Allow header.',
  ),
  NOT_ACCEPTABLE: entry(
    'The client accepts none of the media types that can be sent.',
    406,
    false,
    'Accept application/graphql-response+json, application/json or text/event-stream.',
  ),
  REQUEST_TIMEOUT: entry(
    'The request did not arrive in time.',
    408,
    true,
    'Send the whole request without pauses.',
  ),
  UNSUPPORTED_MEDIA_TYPE: entry(
    'The request body has a type, charset or encoding that is not read.',
    415,
    false,
    'Send uncompressed JSON in UTF-8 with Content-Type: application/json.',
  ),
  TOO_MANY_OPERATIONS: entry(
    'The connection runs as many operations as it may.',
    429,
    true,
    'Wait for some to complete, or open another connection.',
  ),
  PERSISTED_QUERY_NOT_SUPPORTED: entry(
    'Automatic persisted queries are not supported.',
    200,
    false,
    'Send the whole document in "query".',
  ),
  BATCH_REFUSED: entry('Batched requests are not accepted.', 400, false, 'Send one operation per request.'),
  GRAPHQL_PARSE_FAILED: entry(
    'The document has a syntax error.',
    400,
    false,
    'Correct the document at the location given.',
  ),
  GRAPHQL_VALIDATION_FAILED: entry(
    'The document does not fit the schema.',
    400,
    false,
    'Correct the document at the location given.',
  ),
  OPERATION_RESOLUTION_FAILURE: entry(
    'The document has no such operation, or several and none was named.',
    400,
    false,
    'Name one operation in "operationName".',
  ),
  BAD_USER_INPUT: entry(
    'A variable does not fit its type.',
    400,
    false,
    'Correct the variable named in the message.',
  ),
  UNAUTHENTICATED: entry(
    'The credentials are missing or not valid.',
    401,
    false,
    'Send a valid token in the Authorization header.',
  ),
  FORBIDDEN: entry('The caller may not do this.', 403, false, 'Ask for the scope named in the message.'),
  NOT_FOUND: entry('There is no such record.', 404, false, 'Check the id.'),
  CONFLICT: entry(
    'The record changed, or exists already.',
    409,
    false,
    'Read it again and retry with the new version.',
  ),
  CLIENT_ID_REUSED: entry(
    'The clientMessageId was used before with another body.',
    409,
    false,
    'Make a new clientMessageId for a new message.',
  ),
  INTERNAL_ERROR: entry(
    'Something failed that should not.',
    500,
    false,
    'Look up the request id in the log.',
  ),
  // Planning and execution
  PLAN_FAILED: entry(
    'The operation could not be planned.',
    500,
    false,
    "Rewrite the operation; the log has the planner's reason.",
  ),
  PLANNER_UNAVAILABLE: entry(
    'No planner process answered in time.',
    503,
    true,
    'Retry; if it lasts, look for planner crashes in the log.',
  ),
  SUBGRAPH_UNREACHABLE: entry(
    'The subgraph did not answer.',
    502,
    true,
    'Check that the subgraph named runs and its URL is right.',
  ),
  SUBGRAPH_TIMEOUT: entry(
    'The subgraph did not answer in time.',
    504,
    true,
    "Look at the subgraph's load, or raise its timeout.",
  ),
  SUBGRAPH_CIRCUIT_OPEN: entry(
    'The subgraph failed repeatedly and is given a pause.',
    503,
    true,
    'Wait; it is tried again by itself.',
  ),
  SUBGRAPH_OVERLOADED: entry(
    'Too many calls to the subgraph are in flight.',
    503,
    true,
    'Retry later, or raise its bulkhead.',
  ),
  SUBGRAPH_MALFORMED_RESPONSE: entry(
    "The subgraph's answer is not a GraphQL response.",
    502,
    false,
    'See the message for what it sent.',
  ),
  SUBGRAPH_WRONG_SHAPE: entry(
    "The subgraph's data does not fit its schema.",
    502,
    false,
    "Correct the subgraph's resolver for the field at the path.",
  ),
  SUBGRAPH_ERROR: entry(
    'The subgraph reported an error without a code.',
    500,
    false,
    "See the message and the subgraph's log.",
  ),
  // Subscriptions
  SUBSCRIPTION_UNSUPPORTED: entry(
    'Subscriptions do not run over this transport.',
    405,
    false,
    'Use WebSocket (graphql-transport-ws) or SSE.',
  ),
  SUBSCRIPTION_SOURCE_FAILED: entry(
    'The stream behind the subscription ended with an error.',
    502,
    true,
    'Subscribe again.',
  ),
  SLOW_CONSUMER: entry(
    'The client did not read fast enough and its buffer is full.',
    503,
    true,
    'Subscribe again and read faster.',
  ),
  // Composition and supergraph
  COMPOSITION_FAILED: entry(
    'The subgraphs do not compose.',
    500,
    false,
    'Correct the subgraphs named in the message.',
  ),
  SUPERGRAPH_INVALID: entry(
    'The supergraph could not be read.',
    500,
    false,
    'Compose it again with a Federation 2 composer.',
  ),
  // Plugins
  MANIFEST_INVALID: entry(
    'plugin.json does not fit its schema.',
    500,
    false,
    'Correct the keys named in the message.',
  ),
  PLUGIN_INCOMPATIBLE: entry(
    'The plugin asks for another hub version, or a plugin that is not there.',
    500,
    false,
    'Install a version that fits.',
  ),
  CONFIG_INVALID: entry(
    'The configuration does not fit its schema.',
    500,
    false,
    'Correct the keys named in the message.',
  ),
  PLUGIN_SDL_INVALID: entry("The plugin's SDL cannot be used.", 500, false, 'Correct the SDL at file:line.'),
  PLUGIN_START_FAILED: entry(
    'The plugin threw while starting.',
    500,
    true,
    'See the cause; the host tries again.',
  ),
  PLUGIN_START_TIMEOUT: entry(
    'The plugin did not start in time.',
    500,
    true,
    'Make start faster or raise limits.startTimeoutMs.',
  ),
  PLUGIN_UNAVAILABLE: entry('The plugin is not ready.', 503, true, 'See /readyz for the reason.'),
  MIGRATION_FAILED: entry(
    'A migration failed and was rolled back.',
    500,
    false,
    'Correct the SQL file named in the message.',
  ),
  MIGRATION_CHANGED: entry(
    'A migration that was applied has changed since.',
    500,
    false,
    'Restore the file and add a new migration instead.',
  ),
  DATABASE_UNAVAILABLE: entry(
    'No database connection could be had in time.',
    503,
    true,
    'Check that PostgreSQL runs and DATABASE_URL is right.',
  ),
  DATA_DIR_IN_USE: entry(
    'Another hub uses the data directory.',
    500,
    false,
    'Stop the process named, or set another DESKGRAPH_DATA_DIR.',
  ),
  EVENT_UNDECLARED: entry(
    'The manifest does not declare this event type.',
    500,
    false,
    'Declare it under events in plugin.json.',
  ),
  EVENT_INVALID: entry(
    "The event's data does not fit its schema.",
    500,
    false,
    'Correct the data at the path given.',
  ),
  EVENT_BUS_UNAVAILABLE: entry(
    'The event bus is closed or cannot be reached.',
    503,
    true,
    "Retry; if it lasts, look at the bus's server and the log.",
  ),
  RESUME_GAP: entry(
    'The history does not reach back to the position.',
    410,
    false,
    'Read the state by a query, then subscribe with extensions.after = "now".',
  ),
  POSITION_INVALID: entry(
    'The text is not a position of an event.',
    400,
    false,
    'Send a position as extensions.position gave it, or "now".',
  ),
  WEBHOOK_SIGNATURE_INVALID: entry(
    "No configured sender's secret makes this signature.",
    401,
    false,
    'Sign the body as Standard Webhooks says, with a secret under events.webhooks.',
  ),
  WEBHOOK_TIMESTAMP_INVALID: entry(
    'The webhook was signed too long ago, or in the future.',
    401,
    true,
    "Set the sender's clock right, and sign again for each attempt.",
  ),
  LOCK_TIMEOUT: entry(
    'The lock could not be had in time.',
    503,
    true,
    'Retry later; somebody else holds it.',
  ),
  LOCK_LOST: entry(
    'The lock was lost while it was held.',
    409,
    true,
    'Stop the work under the lock and begin again.',
  ),
  LOCK_UNAVAILABLE: entry(
    'Too few lock servers can be reached.',
    503,
    true,
    'Check the Redis servers that keep the locks.',
  ),
  // Outbound calls
  UPSTREAM_TIMEOUT: entry(
    'The other system did not answer in time.',
    504,
    true,
    'Check that system, or raise the deadline.',
  ),
  UPSTREAM_UNREACHABLE: entry(
    'The other system cannot be reached.',
    502,
    true,
    'Check its address and that it runs.',
  ),
  UPSTREAM_CIRCUIT_OPEN: entry(
    'The other system failed repeatedly and is given a pause.',
    503,
    true,
    'Wait; it is tried again by itself.',
  ),
  UPSTREAM_OVERLOADED: entry('Too many calls to the other system are in flight.', 503, true, 'Retry later.'),
  UPSTREAM_TOO_LARGE: entry(
    "The other system's answer is over the limit.",
    502,
    false,
    'Ask for less, or raise maxResponseBytes.',
  ),
  UPSTREAM_MALFORMED: entry(
    "The other system's answer cannot be read.",
    502,
    false,
    'See the message for what it sent.',
  ),
  NETWORK_SCOPE_DENIED: entry(
    'The plugin may not call this host.',
    500,
    false,
    'Add the host to scopes.network in plugin.json.',
  ),
} as const satisfies Record<string, ErrorEntry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errorCatalogue;
