import { EventEmitter as Emitter, type EventEmitter, once } from 'node:events';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import {
  type Beginning,
  type ConnectionState,
  createDeskgraphClient,
  type DeskgraphClient,
  type DeskgraphClientOptions,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionError,
  type SubscriptionRequest,
  type SubscriptionSink,
} from '../../src/index.js';
import { ProtocolServer, said } from './protocol-server.js';

/** A sink that writes down what it hears, and can be waited for. */
export class Listening implements SubscriptionSink<{ said: string }> {
  readonly texts: string[] = [];
  readonly beginnings: Beginning[] = [];
  failure: SubscriptionError | undefined;
  completed = false;
  subscription!: Subscription;
  readonly #news: EventEmitter = new Emitter();

  begin(beginning: Beginning): void {
    this.beginnings.push(beginning);
    this.#news.emit('news');
  }

  next({ data }: { readonly data?: { readonly said: string } | null }): void {
    this.texts.push(String(data?.said));
    this.#news.emit('news');
  }

  error(error: SubscriptionError): void {
    this.failure = error;
    this.#news.emit('news');
  }

  complete(): void {
    this.completed = true;
    this.#news.emit('news');
  }

  /** Resolves when it is true of this. */
  async until(isTrue: (listening: this) => boolean): Promise<void> {
    while (!isTrue(this)) await once(this.#news, 'news');
  }

  begun(times = 1): Promise<void> {
    return this.until(({ beginnings }) => beginnings.length >= times);
  }

  heard(count: number): Promise<void> {
    return this.until(({ texts }) => texts.length >= count);
  }

  ended(): Promise<void> {
    return this.until(({ failure, completed }) => completed || failure !== undefined);
  }
}

/** A server and a client of it that comes back fast; both end with the test. */
export async function startPair(test: TestContext, options: Partial<DeskgraphClientOptions> = {}) {
  const server = await ProtocolServer.start();
  test.after(() => server[Symbol.asyncDispose]());
  const client = createDeskgraphClient({
    url: server.url,
    webSocket: WebSocket,
    ...options,
    retry: { firstMs: 1, longestMs: 20, ...options.retry },
  });
  test.after(() => client.dispose());
  const listen = (options?: SubscribeOptions, request: SubscriptionRequest = { query: said }): Listening => {
    const listening = new Listening();
    listening.subscription = client.subscribe(request, listening, options);
    return listening;
  };
  return { server, client, listen };
}

/** Resolves with the first state of that kind from now on. */
export function stateOf<Kind extends ConnectionState['kind']>(
  client: DeskgraphClient,
  kind: Kind,
): Promise<Extract<ConnectionState, { kind: Kind }>> {
  return new Promise((resolve) => {
    const stop = client.onConnection((state) => {
      if (state.kind !== kind) return;
      queueMicrotask(() => stop());
      resolve(state as Extract<ConnectionState, { kind: Kind }>);
    });
  });
}
