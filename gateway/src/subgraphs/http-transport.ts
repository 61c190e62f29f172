import { Pool } from 'undici';
import { authorizationClass } from '../authorization-class.js';
import { CallLimit } from './call-limit.js';
import { hasLeft } from './departures.js';
import { type Answer, type Exchange, exchange } from './exchange.js';
import { Abandoned, ExchangeError } from './exchange-error.js';
import { asResponse, failure } from './failures.js';
import { type HttpTransportOptions, httpTransportDefaults } from './http-options.js';
import { InFlight, type Work } from './in-flight.js';
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
  /** `http(s)://...` */
  readonly url: string;
  /** `ws(s)://...` of its own subscriptions. Default: `url` with the other scheme. */
  readonly subscriptionUrl?: string;
}

/** Reaches a subgraph over HTTP: keep-alive, deadline, bulkhead, breaker, one request for identical queries. */
export class HttpTransport implements SubgraphTransport {
  readonly serviceName: string;
  readonly #options: HttpTransportOptions;
  readonly #pool: Pool;
  readonly #path: string;
  readonly #headers: readonly string[];
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
    this.#pool = new Pool(url.origin, {
      connections: this.#options.maxConnections,
      pipelining: 1,
      connect: { timeout: this.#options.timeoutMs },
    });
    this.#path = `${url.pathname}${url.search}`;
    this.#headers = Object.entries({ ...fixedHeaders, ...this.#options.headers }).flat();
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
    let abandoned = false;
    try {
      response = this.#read(await this.#answer(body, isQuery, context));
    } catch (error) {
      response = this.#explain(error);
      abandoned = error instanceof Abandoned;
    }
    const outcome = abandoned ? 'ABANDONED' : outcomeOf(response);
    this.observer?.onFetch(this.serviceName, outcome, performance.now() - begin);
    return response;
  }

  async #answer(body: string, isQuery: boolean, context: FetchContext): Promise<Answer> {
    if (isQuery) {
      // Only the caller's class is in the key: nothing else of a caller is sent to a subgraph.
      const key = this.#options.deduplicate ? `${authorizationClass(context.principal)}\n${body}` : null;
      return this.#inFlight.join(key, () => this.#call(body, isQuery, context), context);
    }
    if (hasLeft(context)) throw new Abandoned();
    try {
      // Once sent, a mutation is not given up: nobody could say whether it took effect.
      return await this.#call(body, isQuery, context).result;
    } finally {
      // A query that began before may not have seen the mutation's effect; those after it must.
      this.#inFlight.seal();
    }
  }

  #call(body: string, isQuery: boolean, context: FetchContext): Work<Answer> {
    const request = {
      path: this.#path,
      headers: this.#headersFor(context),
      body,
      maxResponseBytes: this.#options.maxResponseBytes,
    };
    let limit: CallLimit;
    const result = new Promise<Answer>((resolve, reject) => {
      limit = new CallLimit(this.#options.timeoutMs, reject);
      const settle =
        <Outcome>(tell: (outcome: Outcome) => void) =>
        (outcome: Outcome) => {
          limit.lift();
          tell(outcome);
        };
      this.#guard.run(() => this.#attempt(request, isQuery, limit)).then(settle(resolve), settle(reject));
    });
    return { result, abandon: () => limit.end(new Abandoned()) };
  }

  #attempt(request: Exchange, mayRepeat: boolean, limit: CallLimit): Promise<Answer> {
    return exchange(this.#pool, request, limit).then(failOnServerError, (error) => {
      // A connection that was just closed for idleness fails before anything is answered.
      if (mayRepeat && error.blame === 'retry') return this.#attempt(request, false, limit);
      throw error;
    });
  }

  #headersFor({ requestId, traceparent }: FetchContext): string[] {
    const headers = [...this.#headers, 'x-request-id', requestId];
    if (traceparent !== undefined) headers.push('traceparent', traceparent);
    return headers;
  }

  #read({ status, encoding, body }: Answer): SubgraphResponse {
    if (encoding !== null) {
      const reason = `HTTP ${status} encoded as ${encoding}, though only identity is accepted.`;
      return this.#failure('SUBGRAPH_MALFORMED_RESPONSE', reason);
    }
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
      const reason = `it failed repeatedly; calls are paused for ${this.#options.breakMs} ms.`;
      return this.#failure(refusal, reason);
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

const fixedHeaders = {
  'content-type': 'application/json',
  accept: 'application/graphql-response+json, application/json',
  'accept-encoding': 'identity',
};

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

/** `ok` for every GraphQL response: the codes of its errors are the subgraph's own, and without number. */
function outcomeOf(response: SubgraphResponse): string {
  return response.data === undefined ? String(response.errors?.[0]?.extensions?.code) : 'ok';
}
