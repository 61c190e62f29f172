export { createDeskgraphClient, type DeskgraphClient, type IterateOptions } from './client.js';
export type { BackoffOptions } from './connection/backoff.js';
export type { ConnectionListener, ConnectionState } from './connection/connection-state.js';
export type { DeskgraphClientOptions, KeepAliveOptions, RetryOptions, WebSocketClass } from './options.js';
export {
  type Beginning,
  type BeginningCause,
  type Gap,
  type ResultError,
  type SubscribeOptions,
  type Subscription,
  SubscriptionError,
  type SubscriptionRequest,
  type SubscriptionResult,
  type SubscriptionSink,
} from './subscription.js';
