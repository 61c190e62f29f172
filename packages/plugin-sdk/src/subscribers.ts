import type { Transaction } from './database.js';
import type { DeclaredEvents, NoEvents } from './declared-events.js';

/** A CloudEvents 1.0 event as a handler receives it. */
export interface IncomingEvent<Data = unknown> {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly topic: string;
  readonly subject?: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly data: Data;
}

/** What a handler of an event gets besides it. `Events`: what it may publish in `once`. */
export interface EventContext<Events extends DeclaredEvents = NoEvents> {
  /** Aborts when the plugin stops or the handler takes longer than 30 s. */
  readonly signal: AbortSignal;
  /** Which attempt this is: 1 for the first. */
  readonly delivery: number;
  /**
   * Runs the event's effect in a transaction, at most once for each event, however often it is delivered
   * (schema/EVENTS.md, section 4). Needs `scopes.postgres` in the manifest. Call it once per event.
   * @returns what `work` returns; undefined when the event had taken effect before
   */
  once<T>(work: (tx: Transaction<Events>) => Promise<T>): Promise<T | undefined>;
}

/**
 * Handles one event, whose data fits the schema under `events.consumes`. A rejection is tried again with backoff, unless
 * its code is not retryable.
 */
export type EventSubscriber<Data = unknown, Events extends DeclaredEvents = NoEvents> = (
  event: IncomingEvent<Data>,
  context: EventContext<Events>,
) => void | Promise<void>;

/**
 * A handler for each event type under `events.consumes`; one too few or too many keeps the plugin from starting. A handler
 * may see an event more than once: what it does, it does in `once`.
 */
export type EventSubscribers<Events extends DeclaredEvents = NoEvents> = Handlers<Events['consumes'], Events>;

/** One for each type of `Consumed`, if there are any. */
type Handlers<Consumed, Events extends DeclaredEvents> = {
  readonly [Type in keyof Consumed]: EventSubscriber<Consumed[Type], Events>;
};
