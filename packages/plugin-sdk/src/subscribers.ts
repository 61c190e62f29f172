import type { Transaction } from './database.js';

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

/** What a handler of an event gets besides it. */
export interface EventContext {
  /** Aborts when the plugin stops or the handler takes longer than 30 s. */
  readonly signal: AbortSignal;
  /** Which attempt this is: 1 for the first. */
  readonly delivery: number;
  /**
   * Runs the event's effect in a transaction, at most once for each event, however often it is delivered
   * (schema/EVENTS.md, section 4). Needs `scopes.postgres` in the manifest. Call it once per event.
   * @returns what `work` returns; undefined when the event had taken effect before
   */
  once<T>(work: (tx: Transaction) => Promise<T>): Promise<T | undefined>;
}

/** Handles one event. A rejection is tried again with backoff, unless its code is not retryable. */
export type EventSubscriber<Data = unknown> = (
  event: IncomingEvent<Data>,
  context: EventContext,
) => void | Promise<void>;

/** Handlers by event type. A handler may see an event more than once: what it does, it does in `once`. */
// biome-ignore lint/suspicious/noExplicitAny: data differs per type
export type EventSubscribers = Readonly<Record<string, EventSubscriber<any>>>;
