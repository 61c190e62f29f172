import type { EventEnvelope } from './envelope.js';
import type { Position } from './position.js';

/** What a driver can do; contract tests and callers ask before they rely on it. */
export interface BusCapabilities {
  /** Events and the progress of groups outlive the process; failed events are tried again and dead-lettered. */
  readonly durable: boolean;
  /** Several processes can share it. */
  readonly shared: boolean;
  /** Recognises an event that is published again under the same source and id, at least when that is soon. */
  readonly deduplicates: boolean;
}

/** An event at its place in its topic. */
export interface PositionedEvent {
  readonly event: EventEnvelope;
  readonly position: Position;
}

/** A live read of a topic. Iterate it once; leaving the loop, or `close`, ends it. */
export interface Tail extends AsyncIterable<PositionedEvent> {
  /** Where it begins: it sees every event after this. */
  readonly start: Position;
  close(): void;
}

/** What a handler knows besides the event. */
export interface HandlerContext {
  /** Aborts when the bus closes, the handler takes too long, or the partition went to another process. */
  readonly signal: AbortSignal;
  /** Which attempt this is: 1 for the first. */
  readonly delivery: number;
  /** Grows by one each time the group is set back to handle events again; 0 at first. */
  readonly generation: number;
}

/**
 * Handles one event; a rejection is tried again with backoff where the bus is durable. The event is shared with all
 * other readers: never change it.
 */
export type EventHandler = (event: EventEnvelope, context: HandlerContext) => void | Promise<void>;

/** How a group handles failures. */
export interface ConsumeOptions {
  /** Deliveries before an event becomes a dead letter, default 8. */
  readonly maxDeliveries?: number;
  /** Longest time between two deliveries, before jitter: `firstBackoffMs * 2^n` up to `longestBackoffMs`. Defaults 200 and 30 000. */
  readonly firstBackoffMs?: number;
  readonly longestBackoffMs?: number;
  /** Longest run of a handler before it counts as failed, default 30 000 ms. */
  readonly handlerTimeoutMs?: number;
}

/** A running consumer. */
export interface Consumer {
  /** Takes no new events and resolves when its handlers are done, and none of them runs after. Idempotent. */
  stop(): Promise<void>;
}

/** How a consumer group stands. */
export interface GroupState {
  readonly group: string;
  /** Processes that consume it now. */
  readonly members: number;
  /** Events published and not finished, of all types. */
  readonly lag: number;
  /** Age of the oldest of them, 0 without lag. */
  readonly lagMs: number;
  readonly deadLetters: number;
}

/** An event that a group could not handle. */
export interface DeadLetter {
  /** Opaque; for `redeliver` and `discard`. */
  readonly id: string;
  readonly group: string;
  readonly event: EventEnvelope;
  readonly code: string;
  readonly reason: string;
  readonly deliveries: number;
  /** RFC 3339: when it was put aside. */
  readonly at: string;
}

/** What operators do with groups. */
export interface BusAdministration {
  groups(): Promise<readonly GroupState[]>;
  /** Oldest first; of one group when it is named. */
  deadLetters(options?: { readonly group?: string; readonly limit?: number }): Promise<readonly DeadLetter[]>;
  /** Hands dead letters to their groups again, behind what waits for them. Resolves with how many there were. */
  redeliver(ids: readonly string[]): Promise<number>;
  /** Forgets dead letters. Resolves with how many there were. */
  discard(ids: readonly string[]): Promise<number>;
  /**
   * Sets a group back, so that it handles again what was published since, with a new generation.
   * Resolves with how many events that are.
   * @throws DeskgraphError NOT_FOUND without such a group, RESUME_GAP when the log does not reach back that far
   */
  replay(group: string, since: Date): Promise<number>;
}

/**
 * The bus that joins plugins and feeds subscriptions (schema/EVENTS.md). Order is kept per partition key; keys, groups
 * and tails never wait for each other. After `close` every other method rejects with EVENT_BUS_UNAVAILABLE.
 */
export interface EventBus {
  readonly capabilities: BusCapabilities;
  /**
   * Resolves when the bus has accepted all events, in the order given. A rejection with EVENT_BUS_UNAVAILABLE may
   * have accepted some.
   * @throws DeskgraphError EVENT_INVALID when one of them is no CloudEvent or too large; then none of them is accepted
   */
  publish(events: readonly EventEnvelope[]): Promise<void>;
  /**
   * Confirmed subscription: once the promise resolves, every later `publish` on the topic is seen.
   * A tail buffers at most `maxBuffered` events (default 1024) and then ends with SLOW_CONSUMER. It survives the loss
   * of its connection, or ends with RESUME_GAP.
   */
  tail(topic: string, options?: { readonly maxBuffered?: number }): Promise<Tail>;
  /**
   * The events of a topic after a position, oldest first, up to the last one published when this was called.
   * @throws DeskgraphError RESUME_GAP when the history does not reach back to the position, or never knew it
   */
  history(topic: string, after: Position): AsyncIterable<PositionedEvent>;
  /**
   * Each event of the types goes to one consumer of the group, at most one event per partition key at a time.
   * Confirmed like `tail`: a new group begins with what is published after. All members of a group take the same
   * options.
   */
  consume(
    group: string,
    types: readonly string[],
    handler: EventHandler,
    options?: ConsumeOptions,
  ): Promise<Consumer>;
  /** Null where nothing is kept that could be administered. */
  readonly administration: BusAdministration | null;
  /**
   * Ends all tails and consumers: aborts the handlers' signal and waits for them, up to 5 s. Readers still get
   * what their tails have buffered. Idempotent.
   */
  close(): Promise<void>;
}
