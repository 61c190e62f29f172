import { DeskgraphError } from '@deskgraph/plugin-sdk';

/**
 * SQLSTATE codes after which the connection is of no use: class 08, shutdowns (57P), too many connections, and
 * a transaction that the server ended because it was idle too long.
 */
const fatalState = /^(08...|57P0.|53300|25P03|25P04)$/;

/** Codes of the operating system and the driver for a server that cannot be reached. */
const unreachable = /^(ECONN|EPIPE|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT)/;

/** Whether the error says that the connection, and not the statement, failed. */
export function isConnectionFailure(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return fatalState.test(code) || unreachable.test(code);
  return error instanceof Error && error.message === 'Query read timeout';
}

/** What the error says; an address with several hosts fails with one error for each. */
export function failureReason(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(failureReason))].join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** @returns DeskgraphError DATABASE_UNAVAILABLE */
export function databaseUnavailable(what: string, cause: unknown): DeskgraphError {
  return new DeskgraphError('DATABASE_UNAVAILABLE', `${what}: ${failureReason(cause)}.`, { cause });
}
