import { Connection } from './connection/connection.js';
import type { ConnectionListener, ConnectionState } from './connection/connection-state.js';
import { type DeskgraphClientOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { ResultStream } from './result-stream.js';
import { ResumingSubscription } from './resuming-subscription.js';
import type {
  Beginning,
  SubscribeOptions,
  Subscription,
  SubscriptionRequest,
  SubscriptionResult,
  SubscriptionSink,
} from './subscription.js';

/** How a loop over a subscription begins. */
export interface IterateOptions extends SubscribeOptions {
  /** As in `SubscriptionSink`. */
  readonly begin?: ((beginning: Beginning) => void) | undefined;
}

/** A front end of one hub: all subscriptions share a connection, and outlive it. */
export interface DeskgraphClient {
  /** @throws TypeError for a document that holds no subscription, and after `dispose` */
  subscribe<Data = Record<string, unknown>>(
    request: SubscriptionRequest,
    sink: SubscriptionSink<Data>,
    options?: SubscribeOptions,
  ): Subscription;
  /**
   * The same for a loop; leaving the loop unsubscribes. Subscribes at once. A reader may be as slow as it likes while
   * the hub's history lasts. Throws a SubscriptionError at the end, where `subscribe` calls `error`.
   */
  iterate<Data = Record<string, unknown>>(
    request: SubscriptionRequest,
    options?: IterateOptions,
  ): AsyncIterableIterator<SubscriptionResult<Data>, undefined>;
  readonly connection: ConnectionState;
  /** Calls the listener now and at each change. @returns what stops it */
  onConnection(listener: ConnectionListener): () => void;
  /** Completes every subscription and closes the connection. Idempotent. */
  dispose(): void;
}

/**
 * Connects when the first subscription needs it.
 * @throws TypeError for a URL that is none, or where there is no WebSocket
 */
export function createDeskgraphClient(options: DeskgraphClientOptions): DeskgraphClient {
  return new ResumingClient(resolveOptions(options));
}

class ResumingClient implements DeskgraphClient {
  readonly #connection: Connection;
  readonly #subscriptions = new Set<ResumingSubscription<never>>();

  constructor(private readonly options: ResolvedOptions) {
    this.#connection = new Connection(options);
  }

  get connection(): ConnectionState {
    return this.#connection.state;
  }

  onConnection(listener: ConnectionListener): () => void {
    return this.#connection.listen(listener);
  }

  subscribe<Data>(
    request: SubscriptionRequest,
    sink: SubscriptionSink<Data>,
    options?: SubscribeOptions,
  ): ResumingSubscription<Data> {
    if (!/\bsubscription\b/.test(request.query)) {
      throw new TypeError('There is no subscription in the document; queries and mutations go over HTTP.');
    }
    const { retry, onGap } = this.options;
    const surroundings = {
      connection: this.#connection,
      retry,
      onGap,
      onEnd: () => void this.#subscriptions.delete(subscription),
    };
    const subscription = new ResumingSubscription(request, sink, surroundings, options);
    this.#subscriptions.add(subscription);
    this.#connection.add(subscription);
    return subscription;
  }

  iterate<Data>(
    request: SubscriptionRequest,
    options: IterateOptions = {},
  ): AsyncIterableIterator<SubscriptionResult<Data>, undefined> {
    const stream = new ResultStream<Data>(() => subscription);
    const subscription = this.subscribe<Data>(
      request,
      {
        begin: (beginning) => options.begin?.(beginning),
        next: (result) => stream.push(result),
        error: (error) => stream.finish(error),
        complete: () => stream.finish(),
      },
      options,
    );
    return stream;
  }

  dispose(): void {
    const open = [...this.#subscriptions];
    this.#connection.dispose();
    for (const subscription of open) subscription.complete();
  }
}
