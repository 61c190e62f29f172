import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import {
  type ApolloServer,
  HeaderMap,
  type HTTPGraphQLRequest,
  type HTTPGraphQLResponse,
} from '@apollo/server';
import type { Metrics } from '../../metrics/metrics.js';
import { answer, type Headers } from '../request/answer.js';
import type { Caller } from '../request/caller.js';
import { mayBeForged, provesPreflight, vouched } from '../request/cross-site.js';
import { type AcceptedType, graphqlResponseType, jsonType } from '../request/media-type.js';
import { statusOf } from '../request/refusal.js';
import { Exchange, type ExchangeContext } from './exchange.js';
import type { RequestSource } from './graphql-endpoint.js';

/** A request on its way to Apollo Server. */
export interface ApolloRequest {
  readonly source: RequestSource;
  readonly caller: Caller;
  readonly accepted: AcceptedType;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** By `performance.now()`. */
  readonly startedAt: number;
}

/** What a client did wrong in a request that is well formed as HTTP. */
const documentErrors: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
]);

const noHeaders = new HeaderMap();

/** Queries and mutations over HTTP, by Apollo Server. */
export class ApolloEndpoint {
  constructor(
    private readonly server: ApolloServer<ExchangeContext>,
    private readonly metrics: Metrics,
  ) {}

  /** Answers a request. */
  async serve(asked: ApolloRequest): Promise<void> {
    const exchange = new Exchange(asked.caller);
    this.metrics.operationStarted('http');
    const result = await this.server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: toApollo(asked),
      context: async () => ({ exchange }),
    });
    const text = result.body.kind === 'complete' ? result.body.string : '';
    const code = exchange.code ?? firstCode(text);
    const seconds = (performance.now() - asked.startedAt) / 1000;
    this.metrics.operationFinished('http', exchange.kind, asked.caller.aborted ? 'ABORTED' : code, seconds);
    const status = responseStatus(code, asked.accepted);
    const headers = responseHeaders(asked, status, result);
    answer(asked.response, status, responseType(status, asked.accepted), text, headers);
  }
}

/**
 * Apollo Server sees no header that it does not need: `Accept` is negotiated here, where the result is
 * remembered, and its CSRF prevention gets what it looks for when we can vouch for the request.
 */
function toApollo({ source, request }: ApolloRequest): HTTPGraphQLRequest {
  if (source.method === 'POST') return { method: 'POST', headers: vouched, search: '', body: source.body };
  const trusted = !mayBeForged(request.headers) || provesPreflight(request.headers);
  return { method: 'GET', headers: trusted ? vouched : noHeaders, search: source.search, body: undefined };
}

/**
 * The catalogue's status of the outcome; except that clients which accept only `application/json` get 200 when
 * the document is at fault (GraphQL over HTTP, section "application/json").
 */
function responseStatus(code: string, accepted: AcceptedType): number {
  if (code === 'OK' || code === 'PARTIAL') return 200;
  return accepted === 'json' && documentErrors.has(code) ? 200 : statusOf(code);
}

function responseType(status: number, accepted: AcceptedType): string {
  if (accepted === 'any') return status === 200 ? jsonType : graphqlResponseType;
  return accepted === 'json' ? jsonType : graphqlResponseType;
}

function responseHeaders(
  { caller, source }: ApolloRequest,
  status: number,
  result: HTTPGraphQLResponse,
): Headers {
  const requestId = { 'x-request-id': caller.requestId };
  if (status === 405) return { ...requestId, allow: result.headers.get('allow') ?? 'GET, POST' };
  // Answers depend on who asks; only a GET's could be kept by a cache.
  return source.method === 'GET' ? { ...requestId, 'cache-control': 'no-store' } : requestId;
}

/** The code of a refusal by Apollo Server itself, from the text of the response. */
function firstCode(text: string): string {
  const { errors } = JSON.parse(text) as { errors?: readonly { extensions?: { code?: string } }[] };
  return errors?.[0]?.extensions?.code ?? 'INTERNAL_ERROR';
}
