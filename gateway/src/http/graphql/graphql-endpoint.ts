import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import type { Authenticator } from '../../identity/authenticator.js';
import type { Metrics } from '../../metrics/metrics.js';
import type { HttpLimits } from '../limits.js';
import { answerRefusal } from '../request/answer.js';
import { Caller } from '../request/caller.js';
import { mayBeForged, provesPreflight } from '../request/cross-site.js';
import { readJsonBody } from '../request/json-body.js';
import { type AcceptedType, acceptedType } from '../request/media-type.js';
import { type Refusal, refusal, refusalFor } from '../request/refusal.js';
import { traceparentOf } from '../request/request-id.js';
import type { SseEndpoint } from '../sse/sse-endpoint.js';
import { operationRequestOf, operationRequestOfSearch } from '../sse/sse-request.js';
import { clientErrorOf } from '../unexpected-error.js';
import type { ApolloEndpoint } from './apollo-endpoint.js';

export interface GraphQLEndpointOptions {
  readonly apollo: ApolloEndpoint;
  readonly sse: SseEndpoint;
  readonly authenticator: Authenticator;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly limits: HttpLimits;
}

/** A request whose outside is in order: where the operation is in it. */
export type RequestSource =
  | { readonly method: 'GET'; readonly search: string }
  | { readonly method: 'POST'; readonly body: Readonly<Record<string, unknown>> };

interface Refused {
  readonly refused: Refusal;
}

/** `/graphql` over HTTP: what is asked and by whom; then Apollo Server, or an event stream for who accepts one. */
export class GraphQLEndpoint {
  constructor(private readonly options: GraphQLEndpointOptions) {}

  /** Answers a request. */
  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    search: string,
    requestId: string,
  ): Promise<void> {
    const startedAt = performance.now();
    const accepted = acceptedType(request.headers.accept);
    const source = await this.#read(request, search, accepted);
    // Gone in the middle of its body: there is nobody to answer.
    if (source === null) return this.options.metrics.operationRefused('http', 'ABORTED');
    const caller = 'refused' in source ? source : await this.#identify(request, requestId);
    if ('refused' in source || 'refused' in caller) {
      return this.#refuse(response, requestId, (caller as Refused).refused, accepted);
    }
    response.on('close', () => {
      if (!response.writableFinished) caller.abort();
    });
    if (accepted === 'event-stream') return this.#stream(source, caller, request, response);
    return this.options.apollo.serve({ source, caller, accepted, request, response, startedAt });
  }

  async #read(
    request: IncomingMessage,
    search: string,
    accepted: AcceptedType,
  ): Promise<RequestSource | Refused | null> {
    if (accepted === 'none') {
      const message = 'Accept application/graphql-response+json, application/json or text/event-stream.';
      return { refused: refusal('NOT_ACCEPTABLE', message) };
    }
    if (request.method === 'GET') return { method: 'GET', search };
    if (request.method !== 'POST') {
      const message = `${request.method} is not for GraphQL; send GET or POST.`;
      return { refused: refusal('METHOD_NOT_ALLOWED', message, { allow: 'GET, POST' }) };
    }
    const body = await readJsonBody(request, this.options.limits.maxBodyBytes);
    return body === null || 'refused' in body ? body : { method: 'POST', body: body.value };
  }

  async #identify({ headers }: IncomingMessage, requestId: string): Promise<Caller | Refused> {
    const { authenticator, log } = this.options;
    try {
      const principal = await authenticator.authenticate({ authorization: headers.authorization });
      return new Caller(requestId, principal, traceparentOf(headers));
    } catch (error) {
      if (isDeskgraphError(error)) return { refused: refusalFor(error) };
      return { refused: { status: 500, errors: [clientErrorOf(error, requestId, log)] } };
    }
  }

  async #stream(
    source: RequestSource,
    caller: Caller,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const operation =
      source.method === 'POST'
        ? operationRequestOf(source.body)
        : this.#operationOfGet(source.search, request);
    if ('status' in operation) return this.#refuse(response, caller.requestId, operation, 'json');
    // Browsers send it by themselves when they reconnect, with the URL they began with.
    const lastEventId = request.headers['last-event-id'];
    const resumed = typeof lastEventId === 'string' && lastEventId !== '';
    return this.options.sse.serve(
      resumed ? { ...operation, after: lastEventId } : operation,
      caller,
      response,
    );
  }

  #operationOfGet(search: string, { headers }: IncomingMessage) {
    return mayBeForged(headers) && !provesPreflight(headers)
      ? refusal(
          'BAD_REQUEST',
          'Another site may have made the browser send this: set apollo-require-preflight.',
        )
      : operationRequestOfSearch(search);
  }

  #refuse(response: ServerResponse, requestId: string, refused: Refusal, accepted: AcceptedType): void {
    this.options.metrics.operationRefused('http', refused.errors[0]?.extensions.code ?? 'INTERNAL_ERROR');
    answerRefusal(response, requestId, refused, accepted);
  }
}
