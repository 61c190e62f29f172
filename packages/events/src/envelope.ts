/** A CloudEvents 1.0 event (https://github.com/cloudevents/spec, JSON format) as it travels on the bus. */
export interface EventEnvelope<Data = unknown> {
  readonly specversion: '1.0';
  /** Unique within `source`; a ULID for events of the hub's own plugins. */
  readonly id: string;
  /** URI reference of the producer: `/plugins/chat`. */
  readonly source: string;
  /** `chat.message.added` */
  readonly type: string;
  /** What the event is about, usually an id. */
  readonly subject?: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** Extension attribute: the topic it is delivered on. */
  readonly topic: string;
  /** Extension attribute (CloudEvents partitioning extension): order is kept per key. Default: the topic. */
  readonly partitionkey: string;
  /** Extension attribute (CloudEvents distributed tracing extension). */
  readonly traceparent?: string;
  /** A JSON value. It is shared by all readers in the process: never change it. */
  readonly data: Data;
}
