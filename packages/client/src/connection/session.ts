import { type Client, createClient } from 'graphql-ws/client';
import type { ResolvedOptions, WebSocketClass } from '../options.js';
import type { ResultError, SubscriptionResult } from '../subscription.js';
import type { ConnectionEnd } from './close-verdict.js';

/** One subscription as it is asked for on one connection. */
export interface SubscribeMessage {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
  readonly extensions?: { readonly after: string };
}

/** What the hub answers on one connection; nothing after the connection has ended. */
export interface AnswerSink {
  next(result: SubscriptionResult<never>): void;
  failed(errors: readonly ResultError[]): void;
  complete(): void;
}

/** Who hears of a connection. */
export interface SessionListener {
  /** The hub has acknowledged it. */
  onReady(): void;
  /** It is over, whether it was ever ready or not. Called once, and not after `close`. */
  onEnd(end: ConnectionEnd): void;
}

type SessionOptions = Pick<ResolvedOptions, 'url' | 'keepAlive' | 'webSocket'>;

/**
 * One WebSocket, from the attempt to its end. graphql-ws keeps the protocol; its retries are off, because they send
 * the same payload again, and what is asked for after a break is another position.
 */
export class Session {
  readonly #client: Client;
  readonly #options: SessionOptions;
  readonly #listener: SessionListener;
  #socket: WebSocket | undefined;
  /** Runs from a ping to its answer: graphql-ws sends no other before. */
  #silence: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  /** @param authorization  `Bearer ...`, sent with `connection_init` */
  constructor(options: SessionOptions, authorization: string | undefined, listener: SessionListener) {
    this.#options = options;
    this.#listener = listener;
    this.#client = createClient({
      url: options.url,
      webSocketImpl: observable(options.webSocket, (socket) => {
        this.#socket = socket;
      }),
      ...(authorization === undefined ? {} : { connectionParams: { authorization } }),
      lazy: false,
      retryAttempts: 0,
      // The end is told by `closed` and `error` below.
      onNonLazyError: () => {},
      keepAlive: options.keepAlive.pingMs,
      on: {
        connected: () => this.#ended || listener.onReady(),
        message: () => this.#silence !== undefined && this.#expectMore(),
        ping: (received) => received || this.#expectMore(),
        pong: (received) => received && this.#expectNothing(),
        closed: (event) => this.#end(event as ConnectionEnd),
        error: (error) => this.#end({ reason: reasonOf(error) }),
      },
    });
  }

  /** @returns what ends it */
  subscribe(message: SubscribeMessage, sink: AnswerSink): () => void {
    return this.#client.subscribe<never>(message, {
      next: (result) => this.#ended || sink.next(result as SubscriptionResult<never>),
      error: (error) => this.#ended || !Array.isArray(error) || sink.failed(error as ResultError[]),
      complete: () => this.#ended || sink.complete(),
    });
  }

  /** Says goodbye. */
  close(): void {
    if (this.#ended) return;
    this.#leave();
    const socket = this.#socket;
    if (socket === undefined) return;
    const unanswered = setTimeout(() => cut(socket), this.#options.keepAlive.pongMs);
    socket.addEventListener('close', () => clearTimeout(unanswered));
    socket.close(1000, 'Normal Closure');
  }

  /** Gives it up without waiting for an answer; tells the listener. */
  abandon(reason: string): void {
    this.#end({ reason });
  }

  /** Other messages may be on their way before the answer; each shows that the connection lives. */
  #expectMore(): void {
    this.#expectNothing();
    const { pongMs } = this.#options.keepAlive;
    this.#silence = setTimeout(() => this.abandon(`no answer to a ping within ${pongMs} ms`), pongMs);
  }

  #expectNothing(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  #end({ code, reason }: ConnectionEnd): void {
    if (this.#ended) return;
    this.#leave();
    this.#client.terminate();
    if (this.#socket !== undefined) cut(this.#socket);
    this.#listener.onEnd({ reason, ...(code === undefined ? {} : { code }) });
  }

  #leave(): void {
    this.#ended = true;
    this.#expectNothing();
    // Else graphql-ws would connect again after close code 1000. It rejects when there never was a connection.
    this.#client.dispose()?.catch?.(() => {});
  }
}

/** Ends a socket of `ws`, which would wait 30 s for an answer and keep the process alive; browsers' do not matter. */
function cut(socket: WebSocket): void {
  (socket as { terminate?: () => void }).terminate?.();
}

/** The class with a look at the socket before it is open, where graphql-ws does not show it yet. */
function observable(webSocket: WebSocketClass, onSocket: (socket: WebSocket) => void): WebSocketClass {
  return class extends webSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols);
      onSocket(this as unknown as WebSocket);
    }
  };
}

function reasonOf(error: unknown): string {
  const { message } = Object(error) as { message?: unknown };
  return typeof message === 'string' && message !== '' ? message : 'the connection failed';
}
