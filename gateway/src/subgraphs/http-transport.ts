import { Pool } from 'undici';
import { authorizationClass } from '../authorization-class.js';
import { type Answer, ExchangeError, exchange } from './exchange.js';
import { asResponse, failure } from './failures.js';
import { type HttpTransportOptions, httpTransportDefaults } from './http-options.js';
import { InFlight } from './in-flight.js';
import type { SubgraphObserver } from './observer.js';
import { refusalOf, SubgraphGuard } from './subgraph-guard.js';
import type {
  FetchContext,
  FetchVariables,
  PreparedFetch,
  SubgraphOperation,
  SubgraphResponse,
  SubgraphTransport,
} from './transport.js';
import { UpstreamSockets } from './upstream-sockets.js';

/** A remote subgraph. */
export interface RemoteSubgraph {
  readonly name: string;
  /** `http(s)://...`; subscriptions use the same address as `ws(s)://`. */
  readonly url: string;
}

/** Reaches a subgraph over HTTP: keep-alive, timeout, bulkhead, breaker, one request for identical queries. */
export class HttpTransport implements SubgraphTransport {
  readonly serviceName: string;
  readonly #options: HttpTransportOptions;
  readonly #pool: Pool;
  readonly #path: string;
  readonly #guard: SubgraphGuard;
  readonly #inFlight = new InFlight<Answer>();
  readonly #sockets: UpstreamSockets;

  constructor(
    subgraph: RemoteSubgraph,
    options: Partial<HttpTransportOptions> = {},
    private readonly observer?: SubgraphObserver,
  ) {
    const url = new URL(subgraph.url);
    this.serviceName = subgraph.name;
    this.#options = { ...httpTransportDefaults, ...options };
    this.#pool = new Pool(url.origin, { connections: this.#options.maxConnections, pipelining: 1 });
    this.#path = `${url.pathname}${url.search}`;
    this.#guard = new SubgraphGuard(subgraph.name, this.#options, observer);
    this.#sockets = new UpstreamSockets(subgraph, this.#options.headers);
  }

  prepare(operation: SubgraphOperation): PreparedFetch {
    const prefix = `{"query":${JSON.stringify(operation.text)},"variables":`;
    const isQuery = operation.kind === 'query';
    return {
      send: (variables, context) => this.#send(`${prefix}${variables.json()}}`, isQuery, context),
    };
  }

  subscribe(
    operation: SubgraphOperation,
    variables: FetchVariables,
    context: FetchContext,
  ): Promise<AsyncIterable<SubgraphResponse>> {
    return this.#sockets.subscribe(operation, variables, context);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#pool.destroy(), this.#sockets[Symbol.asyncDispose]()]);
  }

  async #send(body: string, isQuery: boolean, context: FetchContext): Promise<SubgraphResponse> {
    const begin = performance.now();
    let response: SubgraphResponse;
    try {
      response = this.#read(await this.#answer(body, isQuery, context));
    } catch (error) {
      response = this.#explain(error);
    }
    const code = response.data === undefined ? response.errors?.[0]?.extensions?.code : undefined;
    this.observer?.onFetch(this.serviceName, String(code ?? 'ok'), performance.now() - begin);
    return response;
  }

  #answer(body: string, isQuery: boolean, context: FetchContext): Promise<Answer> {
    const start = () => this.#guard.run(() => this.#exchange(body, isQuery, context));
    if (!isQuery || !this.#options.deduplicate) return start();
    // Only the caller's class is in the key: nothing else of a caller is sent to a subgraph.
    return this.#inFlight.share(`${authorizationClass(context.principal)}\n${body}`, start);
  }

  async #exchange(body: string, isQuery: boolean, context: FetchContext): Promise<Answer> {
    const request = {
      path: this.#path,
      headers: this.#headers(context),
      body,
      timeoutMs: this.#options.timeoutMs,
      maxResponseBytes: this.#options.maxResponseBytes,
    };
    try {
      return failOnServerError(await exchange(this.#pool, request));
    } catch (error) {
      const again = isQuery && error instanceof ExchangeError && error.unanswered;
      if (!again) throw error;
      return failOnServerError(await exchange(this.#pool, request));
    }
  }

  #headers(context: FetchContext): string[] {
    const headers = [
      'content-type',
      'application/json',
      'accept',
      'application/graphql-response+json, application/json',
      'x-request-id',
      context.requestId,
    ];
    if (context.traceparent !== undefined) headers.push('traceparent', context.traceparent);
    for (const name in this.#options.headers) headers.push(name, this.#options.headers[name] as string);
    return headers;
  }

  #read({ status, body }: Answer): SubgraphResponse {
    const text = body.toString('utf8');
    try {
      const response = asResponse(JSON.parse(text));
      if (response !== null) return response;
    } catch {
      // Not JSON; told below.
    }
    const found = text === '' ? 'nothing' : text.slice(0, 100);
    return this.#failure(
      'SUBGRAPH_MALFORMED_RESPONSE',
      `HTTP ${status} and no GraphQL response, but: ${found}`,
    );
  }

  #explain(error: unknown): SubgraphResponse {
    if (error instanceof ServerFailure) return this.#read(error.answer);
    if (error instanceof ExchangeError) return this.#failure(error.code, error.message);
    const refusal = refusalOf(error);
    if (refusal === 'SUBGRAPH_CIRCUIT_OPEN') {
      return this.#failure(
        refusal,
        `it failed repeatedly; calls are paused for ${this.#options.breakMs} ms.`,
      );
    }
    if (refusal === 'SUBGRAPH_OVERLOADED') {
      return this.#failure(refusal, `${this.#options.maxInFlight} calls are in flight and as many wait.`);
    }
    return this.#failure('SUBGRAPH_UNREACHABLE', error instanceof Error ? error.message : String(error));
  }

  #failure(code: Parameters<typeof failure>[1], reason: string): SubgraphResponse {
    return failure(this.serviceName, code, reason);
  }
}

/** A 5xx: a failure to the breaker, yet its body may be a GraphQL response. */
class ServerFailure extends Error {
  constructor(readonly answer: Answer) {
    super(`HTTP ${answer.status}`);
  }
}

function failOnServerError(answer: Answer): Answer {
  if (answer.status >= 500) throw new ServerFailure(answer);
  return answer;
}
