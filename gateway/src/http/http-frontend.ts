import type { Logger } from '@deskgraph/plugin-sdk';
import type { GatewayCore } from '../gateway-core.js';
import type { Authenticator } from '../identity/authenticator.js';
import type { Metrics } from '../metrics/metrics.js';
import type { IdeOptions } from './ide/ide-options.js';
import type { HttpLimits } from './limits.js';
import type { Readiness } from './probes.js';
import type { WebhookEndpoint } from './webhook/webhook-endpoint.js';

/** What stands behind the HTTP server. */
export interface HttpServerOptions {
  readonly core: GatewayCore;
  readonly authenticator: Authenticator;
  readonly metrics: Metrics;
  /** What `/readyz` answers. */
  readonly readiness: Readiness;
  readonly log: Logger;
  /** The page at `/`. Default: the page, with an empty editor. `false`: no page. */
  readonly ide?: IdeOptions | false;
  /** `/events`. Default: nothing is there. */
  readonly webhook?: WebhookEndpoint | null;
  readonly limits?: Partial<HttpLimits>;
}

/**
 * The gateway's HTTP server: `/graphql` (HTTP, WebSocket, SSE), `/events`, `/livez`, `/readyz`, `/metrics` and the
 * IDE at `/`. Disposal stops it.
 */
export interface HttpFrontend extends AsyncDisposable {
  /**
   * Starts to accept connections; once only.
   * @param port  0 for any free one
   * @returns the URL of the server, without a path: `http://127.0.0.1:4000`
   */
  listen(port: number, host: string): Promise<string>;
  /**
   * Stops accepting, lets requests in flight finish for at most `limits.drainMs`, ends event streams, closes
   * WebSockets with 1001, then closes what is left. Idempotent.
   */
  stop(): Promise<void>;
}
