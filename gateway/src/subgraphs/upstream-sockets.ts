import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { authorizationClass } from '../authorization-class.js';
import { asErrors, asResponse, failure } from './failures.js';
import type { FetchContext, FetchVariables, SubgraphOperation, SubgraphResponse } from './transport.js';

/** Attempts to reconnect to a subgraph that went away; with full-jitter backoff they span about half a minute. */
const retryAttempts = 10;
const firstBackoffMs = 100;
const longestBackoffMs = 10_000;
/** How long a connection and its acknowledgement may take. */
const connectTimeoutMs = 10_000;
/** How often a silent socket is pinged, and how long its pong may take, before it is opened anew. */
const pingMs = 15_000;
const pongTimeoutMs = 10_000;

/**
 * WebSockets to one subgraph's own subscriptions (graphql-transport-ws): one for each authorization class,
 * shared by its subscriptions, open while there are any. A subgraph that restarts is subscribed to again.
 */
export class UpstreamSockets implements AsyncDisposable {
  readonly #clients = new Map<string, Client>();
  readonly #url: string;

  constructor(
    private readonly subgraph: {
      readonly name: string;
      readonly url: string;
      readonly subscriptionUrl?: string;
    },
    private readonly headers: Readonly<Record<string, string>>,
  ) {
    this.#url = subgraph.subscriptionUrl ?? subgraph.url.replace(/^http/, 'ws');
  }

  /** Events wait unbounded until they are read: read them at once. */
  async subscribe(
    operation: SubgraphOperation,
    variables: FetchVariables,
    context: FetchContext,
  ): Promise<AsyncIterable<SubgraphResponse>> {
    if (context.signal.aborted) return none();
    const client = this.#client(authorizationClass(context.principal));
    const stream = client.iterate({ query: operation.text, variables: variables.value() });
    const leave = () => void stream.return?.();
    context.signal.addEventListener('abort', leave, { once: true });
    return this.#responses(stream, () => context.signal.removeEventListener('abort', leave));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients.values()) await client.dispose();
    this.#clients.clear();
  }

  async *#responses(stream: AsyncIterable<unknown>, done: () => void): AsyncGenerator<SubgraphResponse> {
    try {
      for await (const result of stream) {
        yield asResponse(result) ??
          failure(this.subgraph.name, 'SUBGRAPH_MALFORMED_RESPONSE', 'an event is not a GraphQL response.');
      }
    } catch (error) {
      yield this.#explain(error);
    } finally {
      done();
    }
  }

  /** graphql-ws rejects with the subgraph's GraphQL errors, with a close event, or with an Error. */
  #explain(error: unknown): SubgraphResponse {
    if (Array.isArray(error) && error.length > 0) return { data: null, errors: asErrors(error) };
    return failure(this.subgraph.name, 'SUBSCRIPTION_SOURCE_FAILED', describe(error));
  }

  #client(key: string): Client {
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const headers = { ...this.headers };
    let pongTimer: NodeJS.Timeout | undefined;
    const client: Client = createClient({
      url: this.#url,
      webSocketImpl: class extends WebSocket {
        constructor(address: string, protocols: string[]) {
          super(address, protocols, { headers, handshakeTimeout: connectTimeoutMs });
        }
      },
      lazy: true,
      // At once when idle: a delay would be a timer that outlives dispose.
      lazyCloseTimeout: 0,
      connectionAckWaitTimeout: connectTimeoutMs,
      keepAlive: pingMs,
      retryAttempts,
      shouldRetry: () => true,
      retryWait: (attempt) => wait(Math.random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** attempt)),
      on: {
        // A peer that vanished without closing answers no ping.
        ping: (received) => {
          if (!received) pongTimer = setTimeout(() => client.terminate(), pongTimeoutMs);
        },
        pong: () => clearTimeout(pongTimer),
        closed: () => clearTimeout(pongTimer),
      },
    });
    this.#clients.set(key, client);
    return client;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

async function* none(): AsyncGenerator<never> {}

function describe(error: unknown): string {
  if (error instanceof Error) return error.message;
  const { code, reason, message } = error as { code?: number; reason?: string; message?: string };
  if (code === undefined && message !== undefined) return `its WebSocket failed (${message}).`;
  return `its WebSocket closed with ${code ?? 'an unknown code'}${reason ? ` (${reason})` : ''}.`;
}
