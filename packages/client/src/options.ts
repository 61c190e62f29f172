import type { BackoffOptions } from './connection/backoff.js';
import type { Gap } from './subscription.js';

/** A WebSocket class as in browsers; that of `ws` is one. */
export type WebSocketClass = new (url: string, protocols?: string | string[]) => object;

/** How to reach a hub. */
export interface DeskgraphClientOptions {
  /** The hub's endpoint, `https://desk.example/graphql`; in browsers a path is enough. */
  readonly url: string;
  /**
   * The caller's token, without `Bearer`; asked for at each connection, so that it may be a fresh one each time.
   * Default: an anonymous caller. A rejection counts as a failed attempt.
   */
  readonly token?: (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Told of each gap of any subscription: read again what is on the screen. */
  readonly onGap?: ((gap: Gap) => void) | undefined;
  readonly retry?: Partial<RetryOptions> | undefined;
  readonly keepAlive?: Partial<KeepAliveOptions> | undefined;
  /** Time for token, connection and acknowledgement together, default 10 000 ms. */
  readonly connectMs?: number | undefined;
  /** How long a connection that nobody needs is kept, default 3 000 ms. */
  readonly idleCloseMs?: number | undefined;
  /** For Node before 22, which has none: that of `ws`. */
  readonly webSocket?: WebSocketClass | undefined;
}

/** How to come back after a break. */
export interface RetryOptions extends BackoffOptions {
  /** Failures in a row before the subscriptions fail with `CONNECTION_LOST`; default: no end. */
  readonly attempts: number;
}

/** How to see that a connection is dead. */
export interface KeepAliveOptions {
  /** A ping after so long a silence, default 10 000 ms. */
  readonly pingMs: number;
  /** Dead when nothing comes for so long after a ping, default 5 000 ms. */
  readonly pongMs: number;
}

/** The options with their defaults. */
export interface ResolvedOptions {
  /** `ws:` or `wss:`. */
  readonly url: string;
  readonly token: () => string | undefined | Promise<string | undefined>;
  readonly onGap: (gap: Gap) => void;
  readonly retry: RetryOptions;
  readonly keepAlive: KeepAliveOptions;
  readonly connectMs: number;
  readonly idleCloseMs: number;
  readonly webSocket: WebSocketClass;
}

/** @throws TypeError for a URL that is none, or where there is no WebSocket */
export function resolveOptions(options: DeskgraphClientOptions): ResolvedOptions {
  const webSocket = options.webSocket ?? (globalThis.WebSocket as WebSocketClass | undefined);
  if (webSocket === undefined) {
    throw new TypeError('There is no WebSocket here: pass that of "ws" as the option "webSocket".');
  }
  return {
    url: webSocketUrl(options.url),
    token: options.token ?? (() => undefined),
    onGap: options.onGap ?? (() => {}),
    retry: { firstMs: 200, longestMs: 30_000, attempts: Number.POSITIVE_INFINITY, ...options.retry },
    keepAlive: { pingMs: 10_000, pongMs: 5_000, ...options.keepAlive },
    connectMs: options.connectMs ?? 10_000,
    idleCloseMs: options.idleCloseMs ?? 3_000,
    webSocket,
  };
}

/** `/graphql` and `https://...` as browsers' WebSocket takes it everywhere. */
function webSocketUrl(text: string): string {
  const url = new URL(text, globalThis.location?.href);
  url.protocol = url.protocol.replace(/^http/, 'ws');
  if (url.protocol === 'ws:' || url.protocol === 'wss:') return url.href;
  throw new TypeError(`"${text}" is not a URL of a hub: it must begin with http, https, ws or wss.`);
}
