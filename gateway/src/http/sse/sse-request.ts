import { getOperationAST, parse } from 'graphql';
import type { OperationRequest } from '../../gateway-core.js';
import { type Refusal, refusal } from '../request/refusal.js';

type Parameters = Readonly<Record<string, unknown>>;

/** Reads the parameters of a JSON body (GraphQL over HTTP, section "Request Parameters"). */
export function operationRequestOf(body: Parameters): OperationRequest | Refusal {
  const problems: string[] = [];
  if (typeof body.query !== 'string' || body.query === '')
    problems.push('"query" must be a non-empty string');
  if (!isMissing(body.operationName) && typeof body.operationName !== 'string') {
    problems.push('"operationName" must be a string');
  }
  for (const name of ['variables', 'extensions']) {
    if (!isMissing(body[name]) && !isObject(body[name])) problems.push(`"${name}" must be an object`);
  }
  const after = problems.length === 0 ? afterText(body.extensions, problems) : undefined;
  if (problems.length > 0) return refusal('BAD_REQUEST', `${problems.join('; ')}.`);
  return {
    query: body.query as string,
    operationName: (body.operationName ?? null) as string | null,
    variables: (body.variables ?? null) as Parameters | null,
    ...(after === undefined ? {} : { after }),
  };
}

function afterText(extensions: unknown, problems: string[]): string | undefined {
  const after = (extensions as Parameters | null | undefined)?.after;
  if (typeof after === 'string' || isMissing(after)) return after as string | undefined;
  problems.push('"extensions.after" must be a string: a position, or "now"');
  return undefined;
}

/** Reads the parameters of a GET, which may only query or subscribe (GraphQL over HTTP, section "GET"). */
export function operationRequestOfSearch(search: string): OperationRequest | Refusal {
  const parameters: Record<string, unknown> = {};
  for (const [name, text] of new URLSearchParams(search)) {
    if (name in parameters) return refusal('BAD_REQUEST', `"${name}" may be given once.`);
    const json = name === 'variables' || name === 'extensions';
    try {
      parameters[name] = json && text !== '' ? JSON.parse(text) : text;
    } catch (error) {
      return refusal('BAD_REQUEST', `"${name}" is not JSON: ${(error as Error).message}.`);
    }
  }
  const request = operationRequestOf({ ...parameters, operationName: parameters.operationName || null });
  return 'query' in request && isMutation(request)
    ? refusal('METHOD_NOT_ALLOWED', 'Mutations are sent by POST.', { allow: 'POST' })
    : request;
}

function isMutation({ query, operationName }: OperationRequest): boolean {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'mutation';
  } catch {
    return false; // The gateway says what is wrong with it.
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
