import type { EventEnvelope } from './envelope.js';

/** What a driver can do; contract tests and callers ask before they rely on it. */
export interface BusCapabilities {
  /** Events outlive the process. */
  readonly durable: boolean;
  /** `tail` accepts `after`. */
  readonly resume: boolean;
}

/** An event at its place in a topic. */
export interface PositionedEvent {
  readonly event: EventEnvelope;
  /** Opaque, comparable only by the driver; grows along a topic. */
  readonly position: string;
}

/** A live read of some topics. Iterate it once; leaving the loop, or `close`, ends it. */
export interface Tail extends AsyncIterable<PositionedEvent> {
  close(): void;
}

/**
 * Handles one event; a rejection is retried with backoff by drivers that can (see `durable`). The event is shared
 * with all other readers: never change it. The signal aborts when the bus closes.
 */
export type EventHandler = (
  event: EventEnvelope,
  context: { readonly signal: AbortSignal },
) => void | Promise<void>;

/** A running consumer. */
export interface Consumer {
  /** Takes no new events and resolves when its handlers are done, and none of them runs after. Idempotent. */
  stop(): Promise<void>;
}

/**
 * The bus that joins plugins and feeds subscriptions. Order is kept per partition key; keys, groups and tails
 * never wait for each other. After `close` every other method rejects with EVENT_BUS_UNAVAILABLE.
 */
export interface EventBus {
  readonly capabilities: BusCapabilities;
  /**
   * Resolves when the bus has accepted all events, in the order given.
   * @throws DeskgraphError EVENT_INVALID when one of them is no CloudEvent; then none of them is accepted
   */
  publish(events: readonly EventEnvelope[]): Promise<void>;
  /**
   * Confirmed subscription: once the promise resolves, every later `publish` on the topics is seen.
   * A tail buffers at most `maxBuffered` events (default 1024) and then ends with SLOW_CONSUMER.
   */
  tail(topics: readonly string[], options?: { readonly maxBuffered?: number }): Promise<Tail>;
  /**
   * Each event of the types goes to one consumer of the group, at most one event per partition key at a time.
   * Confirmed like `tail`.
   */
  consume(group: string, types: readonly string[], handler: EventHandler): Promise<Consumer>;
  /**
   * Ends all tails and consumers: aborts the handlers' signal and waits for them, up to 5 s. Readers still get
   * what their tails have buffered. Idempotent.
   */
  close(): Promise<void>;
}
