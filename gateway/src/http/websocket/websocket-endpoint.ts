import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '@deskgraph/plugin-sdk';
import { CloseCode, handleProtocols, type Server } from 'graphql-ws';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Metrics } from '../../metrics/metrics.js';
import type { HttpLimits } from '../limits.js';
import { requestIdOf, traceparentOf } from '../request/request-id.js';
import { Connection } from './connection.js';
import { createProtocol, type ProtocolOptions } from './protocol.js';

export interface WebSocketEndpointOptions extends Pick<ProtocolOptions, 'core' | 'authenticator'> {
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly limits: HttpLimits;
}

/** How long a client has to answer a close frame before its connection is cut. */
const closeTimeoutMs = 5_000;

/**
 * WebSockets with the subprotocol `graphql-transport-ws` (graphql-ws, PROTOCOL.md). Beyond the protocol: 1001
 * when the server stops, 1009 for a message over the limit, 1013 for a client that does not read what it
 * subscribed to, and a connection that answers no ping is dropped.
 */
export class WebSocketEndpoint {
  readonly #options: WebSocketEndpointOptions;
  readonly #server: WebSocketServer;
  readonly #protocol: Server<Connection>;
  readonly #connections = new Set<Connection>();
  readonly #keepAlive: NodeJS.Timeout;

  constructor(options: WebSocketEndpointOptions) {
    const { limits } = options;
    this.#options = options;
    this.#protocol = createProtocol({ ...options, ...limits });
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: limits.maxMessageBytes,
      closeTimeout: closeTimeoutMs,
      handleProtocols,
      // Between two messages, what the first one caused settles: graphql-ws frees an identity only then, and a
      // client may complete and reuse one within a packet.
      allowSynchronousEvents: false,
    } as ConstructorParameters<typeof WebSocketServer>[0]);
    this.#keepAlive = setInterval(() => {
      for (const connection of this.#connections) connection.keepAlive();
    }, limits.keepAliveMs).unref();
  }

  /** Takes over an upgrade request. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket, request));
  }

  /** Closes every connection with 1001 as soon as its queries and mutations are answered. */
  drain(): void {
    clearInterval(this.#keepAlive);
    for (const connection of this.#connections) connection.drain();
  }

  /** Cuts every connection that is still there. */
  terminate(): void {
    for (const connection of this.#connections) connection.terminate();
  }

  #open(socket: WebSocket, request: IncomingMessage): void {
    const { metrics, log, limits } = this.#options;
    const requestId = requestIdOf(request.headers);
    const connection = new Connection({
      socket,
      requestId,
      traceparent: traceparentOf(request.headers),
      authorization: request.headers.authorization,
      maxBufferedBytes: limits.maxBufferedBytes,
      onSlowConsumer: () => {
        metrics.slowConsumer('websocket');
        log.warn({ requestId }, 'A WebSocket was closed: its client does not read.');
      },
    });
    this.#connections.add(connection);
    // Broken frames, and messages over the limit: ws closes with the code that fits.
    socket.on('error', (error) => log.debug({ requestId, error }, 'A WebSocket failed.'));
    const closed = this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => void connection.send(text),
        close: (code, reason) => connection.close(code, reason),
        onMessage: (handle) => socket.on('message', this.#receive(connection, handle)),
      },
      connection,
    );
    socket.once('close', (code: number, reason: Buffer) => {
      this.#connections.delete(connection);
      void closed(code, reason.toString());
    });
  }

  #receive(connection: Connection, handle: (text: string) => Promise<void>) {
    return async (data: RawData, isBinary: boolean): Promise<void> => {
      // What still comes after a close frame was sent is of no interest.
      if (!connection.isOpen) return;
      // PROTOCOL.md, "Communication": messages are JSON, in text frames.
      if (isBinary) return connection.close(CloseCode.BadRequest, 'Binary messages are not understood');
      try {
        await handle(data.toString());
      } catch (error) {
        this.#fail(connection, error as Error);
      }
    };
  }

  #fail(connection: Connection, error: Error): void {
    // graphql-ws throws for messages that are well formed but only a server may send.
    if (error.message.startsWith('Unexpected message of type')) {
      connection.close(CloseCode.BadRequest, error.message);
      return;
    }
    this.#options.log.error(
      { requestId: connection.options.requestId, error },
      'A WebSocket message failed.',
    );
    connection.close(CloseCode.InternalServerError, 'Internal server error');
  }
}
