import { type DeskgraphError, type ErrorCode, errorCatalogue } from '@deskgraph/plugin-sdk';
import type { ClientError } from '../../execution/executable-operation.js';

/** An answer without data: why a request was not run. */
export interface Refusal {
  readonly status: number;
  readonly errors: readonly ClientError[];
  /** Response headers that belong to the status, such as `allow`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One error, with the status that the catalogue gives its code. */
export function refusal(
  code: ErrorCode,
  message: string,
  headers?: Readonly<Record<string, string>>,
): Refusal {
  const errors = [{ message, extensions: { code } }];
  return { status: statusOf(code), errors, ...(headers === undefined ? {} : { headers }) };
}

/** A refusal for an error whose message is meant for clients. */
export function refusalFor(error: DeskgraphError): Refusal {
  // RFC 9110, section 11.6.1: a 401 names how to authenticate.
  const headers = error.code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : undefined;
  return refusal(error.code, error.message, headers);
}

/** The catalogue's status of a code; 500 for a code that is not in it. */
export function statusOf(code: string): number {
  return Object.hasOwn(errorCatalogue, code) ? errorCatalogue[code as ErrorCode].status : 500;
}
