import { type ErrorCode, errorCatalogue } from './error-catalogue.js';

/** The one error class. Match on `code`, never on class. */
export class DeskgraphError extends Error {
  override readonly name = 'DeskgraphError';
  readonly code: ErrorCode;
  /** Facts for the reader: plugin, key, file:line, what was found. Never secrets. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      cause?: unknown;
      details?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  /** HTTP status that the catalogue gives this code. */
  get status(): number {
    return errorCatalogue[this.code].status;
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return errorCatalogue[this.code].retryable;
  }
}

/** True for a DeskgraphError, of this code when one is given; also across module copies. */
export function isDeskgraphError(error: unknown, code?: ErrorCode): error is DeskgraphError {
  return (
    error instanceof Error &&
    error.name === 'DeskgraphError' &&
    (code === undefined || (error as DeskgraphError).code === code)
  );
}
