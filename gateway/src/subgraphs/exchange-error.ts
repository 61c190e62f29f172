/**
 * What a failed exchange says of the subgraph: `retry`, its connection failed before a byte of the answer came,
 * so that a query may be sent again; `failure`, it failed; `none`, nothing. All but `none` count in its breaker.
 */
export type Blame = 'retry' | 'failure' | 'none';

/** Why nothing usable came back. The message goes on after `Subgraph "x": `. */
export class ExchangeError extends Error {
  constructor(
    readonly code: 'SUBGRAPH_TIMEOUT' | 'SUBGRAPH_UNREACHABLE' | 'SUBGRAPH_MALFORMED_RESPONSE',
    message: string,
    readonly blame: Blame,
  ) {
    super(message);
  }
}

/** Nobody waits any more: the client left, or its request's deadline passed. */
export class Abandoned extends ExchangeError {
  constructor() {
    super('SUBGRAPH_TIMEOUT', 'the request ended before it answered.', 'none');
  }
}
