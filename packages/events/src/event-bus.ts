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

/** Handles one event; a rejection is retried with backoff by drivers that can. */
export type EventHandler = (
  event: EventEnvelope,
  context: { readonly signal: AbortSignal },
) => void | Promise<void>;

/** A running consumer. */
export interface Consumer {
  /** Takes no new events and resolves when the handlers in flight are done. */
  stop(): Promise<void>;
}

/** The bus that joins plugins and feeds subscriptions. Order is kept per partition key. */
export interface EventBus {
  readonly capabilities: BusCapabilities;
  /** Resolves when the bus has accepted all events, in the order given. */
  publish(events: readonly EventEnvelope[]): Promise<void>;
  /**
   * Confirmed subscription: once the promise resolves, every later `publish` on the topics is seen.
   * A tail buffers at most `maxBuffered` events (default 1024) and then ends with SLOW_CONSUMER.
   */
  tail(topics: readonly string[], options?: { readonly maxBuffered?: number }): Promise<Tail>;
  /** Each event of the types goes to one consumer of the group. */
  consume(group: string, types: readonly string[], handler: EventHandler): Promise<Consumer>;
  /** Ends all tails and consumers. Idempotent. */
  close(): Promise<void>;
}
