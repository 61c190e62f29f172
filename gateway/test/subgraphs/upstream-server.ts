import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { buildSchema, GraphQLError } from 'graphql';
import { makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';

const schema = buildSchema(`
  type Query { ok: Boolean }
  type Subscription { price(of: String!): Int  refused: Int }
`);

/** A subgraph with subscriptions of its own on a port of its own; ends with the test. */
export interface UpstreamServer {
  /** `http://...`, as a supergraph names it. */
  readonly url: string;
  /** Sockets opened since the start, over restarts. */
  readonly connections: number;
  readonly sockets: ReadonlySet<WebSocket>;
  /** Headers of the latest upgrade. */
  readonly headers: Record<string, unknown>;
  /** Subscriptions that run now. */
  readonly running: number;
  /** Sends a price to every subscription for it; resolves with how many there were. */
  emit(of: string, price: number): number;
  /** Resolves once exactly this many subscriptions run. */
  subscribed(count: number): Promise<void>;
  stop(): Promise<void>;
  /** Listens again where it did. */
  start(): Promise<void>;
}

/** A stream that ends the moment it is left, which a generator that waits would not. */
class PriceStream implements AsyncIterableIterator<{ readonly price: number }> {
  readonly #queue: number[] = [];
  #waiting: ((result: IteratorResult<{ readonly price: number }>) => void) | null = null;

  constructor(
    readonly of: string,
    private readonly onEnd: (stream: PriceStream) => void,
  ) {}

  push(price: number): void {
    if (this.#waiting === null) this.#queue.push(price);
    else this.#waiting({ value: { price }, done: false });
    this.#waiting = null;
  }

  next(): Promise<IteratorResult<{ readonly price: number }>> {
    const price = this.#queue.shift();
    if (price !== undefined) return Promise.resolve({ value: { price }, done: false });
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  async return(): Promise<IteratorResult<{ readonly price: number }>> {
    this.onEnd(this);
    this.#waiting?.({ value: undefined, done: true });
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

export async function startUpstreamServer(test: TestContext, path = '/graphql'): Promise<UpstreamServer> {
  const prices = new Set<PriceStream>();
  const watching: { count: number; resolve: () => void }[] = [];
  const changed = () => {
    for (const { count, resolve } of watching) if (prices.size === count) resolve();
  };

  const follow = (of: string) => {
    const stream = new PriceStream(of, (ended) => {
      prices.delete(ended);
      changed();
    });
    prices.add(stream);
    changed();
    return stream;
  };

  const protocol = makeServer({
    schema,
    roots: {
      subscription: {
        price: ({ of }: { of: string }) => follow(of),
        refused: () => {
          throw new GraphQLError('sold out', { extensions: { code: 'SOLD_OUT' } });
        },
      } as never,
    },
  });
  let port = 0;
  let connections = 0;
  let headers: Record<string, unknown> = {};
  let end: () => Promise<void> = async () => {};
  const sockets = new Set<WebSocket>();

  const start = async () => {
    const server = createServer();
    const webSockets = new WebSocketServer({ server, path });
    webSockets.on('connection', (socket, request) => {
      connections++;
      headers = request.headers;
      sockets.add(socket);
      const closed = protocol.opened(
        {
          protocol: socket.protocol,
          send: (data) =>
            new Promise((resolve, reject) => socket.send(data, (e) => (e ? reject(e) : resolve()))),
          close: (code, reason) => socket.close(code, reason),
          onMessage: (handle) => socket.on('message', (data) => void handle(String(data))),
        },
        {},
      );
      socket.once('close', (code, reason) => {
        sockets.delete(socket);
        void closed(code, String(reason));
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
    end = async () => {
      for (const socket of webSockets.clients) socket.terminate();
      webSockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
  };
  const stop = async () => {
    const ending = end;
    end = async () => {};
    await ending();
  };
  await start();
  test.after(stop);

  return {
    url: `http://127.0.0.1:${port}${path}`,
    sockets,
    start,
    stop,
    get connections() {
      return connections;
    },
    get headers() {
      return headers;
    },
    get running() {
      return prices.size;
    },
    emit: (of, value) => {
      const heard = [...prices].filter((price) => price.of === of);
      for (const price of heard) price.push(value);
      return heard.length;
    },
    subscribed: (count) =>
      prices.size === count ? Promise.resolve() : new Promise((resolve) => watching.push({ count, resolve })),
  };
}
