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

/** Handlers by event type. A handler may see an event more than once and must be idempotent. */
export type EventSubscribers = Readonly<
  Record<string, (event: IncomingEvent, context: { readonly signal: AbortSignal }) => void | Promise<void>>
>;
