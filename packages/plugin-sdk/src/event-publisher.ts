import type { DeclaredEvents, NoEvents } from './declared-events.js';

/** An event as a plugin publishes it; the host completes it to a CloudEvents 1.0 envelope. */
export interface OutgoingEvent<Type extends string = string, Data = unknown> {
  /** CloudEvents `type`, declared under `events.publishes` in the manifest: `chat.message.added`. */
  readonly type: Type;
  /** The topic it is delivered on: `chat.conversation.01J...`. Subscriptions and consumers match on it. */
  readonly topic: string;
  /** CloudEvents `subject`: what the event is about, usually an id. */
  readonly subject?: string;
  /** CloudEvents `partitionkey`: order is kept among events of one key. Default: the subject, else the topic. */
  readonly key?: string;
  /** JSON-serialisable payload, valid against the type's JSON Schema in the manifest. */
  readonly data: Data;
}

/** Publishes events on the hub's bus, through the outbox. `Events`: the plugin's `PluginEvents`; default: none. */
export interface EventPublisher<Events extends DeclaredEvents = NoEvents> {
  /**
   * Resolves when the events are stored: within a transaction as part of it, else on their own. They reach the bus
   * soon after, in the order given.
   * @throws DeskgraphError EVENT_UNDECLARED when the manifest does not declare the type,
   *   EVENT_INVALID when the data does not match the type's schema.
   */
  publish(...events: readonly Events['publishes'][]): Promise<void>;
}
