import type { ErrorCode } from '@deskgraph/plugin-sdk';
import type { SubgraphError, SubgraphResponse } from './transport.js';

/** A response that says why there is none: one error with a code of the catalogue. */
export function failure(serviceName: string, code: ErrorCode, reason: string): SubgraphResponse {
  return {
    errors: [{ message: `Subgraph "${serviceName}": ${reason}`, extensions: { code, serviceName } }],
  };
}

/**
 * Checks that a parsed answer is a GraphQL response (GraphQL spec, section 7.1); null when it is not. Errors
 * that do not have the form of errors are kept as text.
 */
export function asResponse(value: unknown): SubgraphResponse | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { data, errors } = value as { data?: unknown; errors?: unknown };
  if (data !== undefined && typeof data !== 'object') return null;
  if (Array.isArray(data)) return null;
  const response = { data: (data ?? null) as Record<string, unknown> | null };
  const told = asErrors(errors);
  if (told.length > 0) return { ...response, errors: told };
  return data === undefined ? null : response;
}

/** Errors in the form of errors (GraphQL spec, section 7.1.2), whatever was sent in their place. */
export function asErrors(errors: unknown): readonly SubgraphError[] {
  if (errors === undefined || errors === null) return [];
  return (Array.isArray(errors) ? errors : [errors]).map(asError);
}

function asError(value: unknown): SubgraphError {
  if (typeof value !== 'object' || value === null) return { message: String(value) };
  const { message, path, extensions } = value as Record<string, unknown>;
  return {
    message: typeof message === 'string' ? message : JSON.stringify(value),
    ...(isPath(path) ? { path } : {}),
    ...(typeof extensions === 'object' && extensions !== null
      ? { extensions: extensions as Record<string, unknown> }
      : {}),
  };
}

function isPath(path: unknown): path is readonly (string | number)[] {
  return Array.isArray(path) && path.every((key) => typeof key === 'string' || typeof key === 'number');
}
