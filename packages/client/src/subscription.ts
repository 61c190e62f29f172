/** What to subscribe to. Queries and mutations go over HTTP: they must not be sent again after a break. */
export interface SubscriptionRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly operationName?: string | null | undefined;
}

/** A GraphQL error; `extensions.code` is one of the hub's codes (docs/errors.md). */
export interface ResultError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A result as the hub sends it. `extensions.position` is where it stands in the stream. */
export interface SubscriptionResult<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly ResultError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/**
 * Why a stream begins:
 * - `start`: it is the first time.
 * - `late`: the first time too, but attempts failed before the stream stood.
 * - `RESUME_GAP`: the client was away for longer than the hub's history reaches back.
 * - `POSITION_INVALID`: the `after` that it was given is not a position.
 * - `NOT_RESUMABLE`: a subgraph streams this subscription itself, without positions; some results may be missing.
 */
export type BeginningCause = 'start' | 'late' | 'RESUME_GAP' | 'POSITION_INVALID' | 'NOT_RESUMABLE';

/** From here on nothing is missed; what happened before is not in the stream. */
export interface Beginning {
  readonly cause: BeginningCause;
  /** Where; absent for a stream without positions. */
  readonly position?: string;
}

/** A beginning that is not the first, or that came late: what the application shows may be out of date. */
export interface Gap extends Beginning {
  readonly request: SubscriptionRequest;
}

/** Who hears of a subscription. An exception that a method throws is reported as an uncaught one; the stream goes on. */
export interface SubscriptionSink<Data = Record<string, unknown>> {
  /**
   * The stream stands: read the state by a query now, and nothing is missed between. Called when a subscription
   * without a position to go on from begins, and again after each gap.
   */
  begin?(beginning: Beginning): void;
  /** Each event once, in order, over all breaks of the connection. */
  next(result: SubscriptionResult<Data>): void;
  /** Nothing more comes, and trying again would not help. */
  error?(error: SubscriptionError): void;
  /** Nothing more comes: the hub has ended the stream, or the client was disposed of. */
  complete?(): void;
}

/** How a subscription begins. */
export interface SubscribeOptions {
  /**
   * A position to go on from, as `Subscription.position` gave it, perhaps before the page was loaded. Default: now.
   * Null asks for no positions: after a break the stream goes on with what comes then.
   */
  readonly after?: string | null | undefined;
}

/** A running subscription. */
export interface Subscription {
  /** Where the last result stands; keep it to go on from there later. Undefined while nothing is known. */
  readonly position: string | undefined;
  /** Ends it; the sink hears nothing more. Idempotent. */
  unsubscribe(): void;
}

/**
 * The end of a subscription. Match on `code`: one of the hub's codes (docs/errors.md), or
 * - `UNAUTHENTICATED`: the hub does not take the token.
 * - `CONNECTION_REFUSED`: the hub closed the connection with a code that says not to come back.
 * - `CONNECTION_LOST`: the connection failed as many times in a row as `retry.attempts` allows.
 */
export class SubscriptionError extends Error {
  override readonly name = 'SubscriptionError';

  constructor(
    readonly code: string,
    message: string,
    /** What the hub answered, when it was an answer. */
    readonly errors: readonly ResultError[] = [],
  ) {
    super(message);
  }
}
