import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { authorizationClass } from '../authorization-class.js';
import { asResponse, failure } from './failures.js';
import type { FetchContext, FetchVariables, SubgraphOperation, SubgraphResponse } from './transport.js';

/** Attempts to reconnect to a subgraph that went away; with full-jitter backoff they span about a minute. */
const retryAttempts = 10;
const firstBackoffMs = 100;
const longestBackoffMs = 10_000;
/** A socket without subscriptions is closed after this long. */
const idleMs = 5_000;

/**
 * WebSockets to one subgraph's own subscriptions (graphql-transport-ws): one for each authorization class,
 * shared by its subscriptions, opened when first needed. A subgraph that restarts is subscribed to again.
 */
export class UpstreamSockets implements AsyncDisposable {
  readonly #clients = new Map<string, Client>();

  constructor(
    private readonly subgraph: { readonly name: string; readonly url: string },
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  async subscribe(
    operation: SubgraphOperation,
    variables: FetchVariables,
    context: FetchContext,
  ): Promise<AsyncIterable<SubgraphResponse>> {
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
      yield failure(this.subgraph.name, 'SUBSCRIPTION_SOURCE_FAILED', describe(error));
    } finally {
      done();
    }
  }

  #client(key: string): Client {
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const headers = this.headers;
    const client = createClient({
      url: this.subgraph.url.replace(/^http/, 'ws'),
      webSocketImpl: class extends WebSocket {
        constructor(address: string, protocols: string[]) {
          super(address, protocols, { headers: { ...headers } });
        }
      },
      lazy: true,
      lazyCloseTimeout: idleMs,
      retryAttempts,
      shouldRetry: () => true,
      retryWait: (attempt) => wait(Math.random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** attempt)),
    });
    this.#clients.set(key, client);
    return client;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

/** graphql-ws rejects with a close event, with the subgraph's GraphQL errors, or with an Error. */
function describe(error: unknown): string {
  if (Array.isArray(error)) return error.map(({ message }) => message).join('; ');
  if (error instanceof Error) return error.message;
  const { code, reason } = error as { code?: number; reason?: string };
  return `its WebSocket closed with ${code ?? 'an unknown code'}${reason ? ` (${reason})` : ''}.`;
}
