import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ApolloServer } from '@apollo/server';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { answerClientError } from './client-error.js';
import { ApolloEndpoint } from './graphql/apollo-endpoint.js';
import { createApolloServer } from './graphql/apollo-server.js';
import type { ExchangeContext } from './graphql/exchange.js';
import { GraphQLEndpoint } from './graphql/graphql-endpoint.js';
import type { HttpFrontend, HttpServerOptions } from './http-frontend.js';
import { serveIde } from './ide/ide-endpoint.js';
import { defaultLimits, type HttpLimits } from './limits.js';
import { answerLiveness, answerMetrics, answerReadiness } from './probes.js';
import { answerRefusal } from './request/answer.js';
import { discard } from './request/read-body.js';
import { refusal } from './request/refusal.js';
import { requestIdOf } from './request/request-id.js';
import { SseEndpoint } from './sse/sse-endpoint.js';
import { clientErrorOf } from './unexpected-error.js';
import { WebSocketEndpoint } from './websocket/websocket-endpoint.js';

/** How often Node looks for requests that are late; a deadline is kept to within this. */
const deadlineCheckMs = 1_000;

/**
 * Longer than the 60 s after which load balancers commonly let go of an idle connection: who closes first must be
 * they, or they send a request on a connection that is just being closed.
 */
const keepAliveTimeoutMs = 65_000;

/** The gateway's HTTP server. Nothing happens before `listen`. */
export function createHttpServer(options: HttpServerOptions): HttpFrontend {
  return new GatewayHttpServer(options);
}

class GatewayHttpServer implements HttpFrontend {
  readonly #options: HttpServerOptions;
  readonly #limits: HttpLimits;
  readonly #server: Server;
  readonly #apollo: ApolloServer<ExchangeContext>;
  readonly #graphql: GraphQLEndpoint;
  readonly #sse: SseEndpoint;
  readonly #webSockets: WebSocketEndpoint;
  readonly #sockets = new Set<Socket>();
  readonly #inFlight = new Set<ServerResponse>();
  #started = false;
  #stopped: Promise<void> | undefined;

  constructor(options: HttpServerOptions) {
    const limits = { ...defaultLimits, ...options.limits };
    this.#options = options;
    this.#limits = limits;
    this.#apollo = createApolloServer(options.core, options.log);
    this.#sse = new SseEndpoint({ ...options, limits });
    this.#webSockets = new WebSocketEndpoint({ ...options, limits });
    const apollo = new ApolloEndpoint(this.#apollo, options.metrics);
    this.#graphql = new GraphQLEndpoint({ ...options, limits, apollo, sse: this.#sse });
    this.#server = createServer({
      requestTimeout: limits.requestDeadlineMs,
      headersTimeout: limits.requestDeadlineMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: deadlineCheckMs,
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('request', (request, response) => void this.#serve(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on('clientError', answerClientError);
  }

  async listen(port: number, host: string): Promise<string> {
    await this.#apollo.start();
    this.#started = true;
    await bind(this.#server, port, host);
    const { address, family, port: actual } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const path = mark === -1 ? url : url.slice(0, mark);
    const requestId = requestIdOf(request.headers);
    this.#inFlight.add(response);
    if (this.#stopped !== undefined) response.shouldKeepAlive = false;
    try {
      if (path === '/graphql') {
        await this.#graphql.serve(request, response, mark === -1 ? '' : url.slice(mark), requestId);
      } else {
        await this.#serveOther(path, request, response, requestId);
      }
    } catch (error) {
      const errors = [clientErrorOf(error, requestId, this.#options.log)];
      answerRefusal(response, requestId, { status: 500, errors }, 'json');
    } finally {
      this.#inFlight.delete(response);
    }
  }

  async #serveOther(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<void> {
    const { ide = {}, metrics, readiness, webhook } = this.#options;
    if (path === '/events')
      return webhook ? webhook.serve(request, response, requestId) : noEvents(request, response, requestId);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const message = `${path} is read by GET; GraphQL is at /graphql.`;
      return answerRefusal(
        response,
        requestId,
        refusal('METHOD_NOT_ALLOWED', message, { allow: 'GET, HEAD' }),
        'json',
      );
    }
    if (path === '/livez') return answerLiveness(response);
    if (path === '/readyz') return answerReadiness(response, readiness, this.#stopped !== undefined);
    if (path === '/metrics') return answerMetrics(response, metrics);
    if (ide !== false && (await serveIde(path, request, response, ide))) return;
    answerRefusal(
      response,
      requestId,
      refusal('NOT_FOUND', `There is nothing at ${path}; GraphQL is at /graphql.`),
      'json',
    );
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = (request.url ?? '/').split('?', 1)[0];
    if (path === '/graphql' && this.#stopped === undefined) {
      // From here on the WebSocket endpoint ends it.
      this.#sockets.delete(socket as Socket);
      this.#webSockets.accept(request, socket, head);
      return;
    }
    socket.on('error', () => socket.destroy());
    const status = path === '/graphql' ? '503 Service Unavailable' : '404 Not Found';
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  }

  async #stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#closeIdleConnections();
    this.#webSockets.drain();
    this.#sse.drain();
    const late = setTimeout(() => {
      this.#server.closeAllConnections();
      this.#webSockets.terminate();
    }, this.#limits.drainMs);
    await closed;
    clearTimeout(late);
    if (this.#started) await this.#apollo.stop();
  }

  /** Node's own `closeIdleConnections` leaves those alone that have not asked anything yet. */
  #closeIdleConnections(): void {
    const busy = new Set<Socket | null>();
    for (const response of this.#inFlight) {
      busy.add(response.socket);
      response.shouldKeepAlive = false;
    }
    for (const socket of this.#sockets) if (!busy.has(socket)) socket.destroySoon();
  }
}

/** A gateway alone has no plugins that would consume what is posted. */
function noEvents(request: IncomingMessage, response: ServerResponse, requestId: string): void {
  const { refused } = discard(
    request,
    refusal('NOT_FOUND', 'Events are taken by a hub; this is a gateway alone.'),
  );
  answerRefusal(response, requestId, refused, 'json');
}

async function bind(server: Server, port: number, host: string): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const found = code === 'EADDRINUSE' ? 'another process listens there already' : message;
    throw new DeskgraphError(
      'CONFIG_INVALID',
      `Cannot listen on ${host}:${port}: ${found}. Choose another port or host.`,
      { cause: error, details: { host, port } },
    );
  }
}
