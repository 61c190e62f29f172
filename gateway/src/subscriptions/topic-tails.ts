import type { EventBus, PositionedEvent, Tail } from '@deskgraph/events';

/** Takes the events of a topic, in order; must not throw. */
export interface TopicListener {
  onEvent(event: PositionedEvent): void;
  /** The tail ended: the bus closed, or this process was too slow. */
  onEnd(error?: unknown): void;
}

interface OpenTopic {
  readonly listeners: Set<TopicListener>;
  readonly tail: Promise<Tail>;
}

/** One tail per topic, however many listen to it. */
export class TopicTails {
  readonly #topics = new Map<string, OpenTopic>();

  constructor(private readonly bus: EventBus) {}

  /** Resolves once no later event can be missed. Returns how to stop listening. */
  async listen(topic: string, listener: TopicListener): Promise<() => void> {
    let open = this.#topics.get(topic);
    if (open === undefined) {
      open = { listeners: new Set(), tail: this.bus.tail(topic) };
      this.#topics.set(topic, open);
      void this.#pump(topic, open);
    }
    open.listeners.add(listener);
    await open.tail;
    return () => this.#leave(topic, open, listener);
  }

  async #pump(topic: string, open: OpenTopic): Promise<void> {
    let failure: unknown;
    try {
      for await (const event of await open.tail) {
        for (const listener of open.listeners) listener.onEvent(event);
      }
    } catch (error) {
      failure = error;
    }
    if (this.#topics.get(topic) === open) this.#topics.delete(topic);
    for (const listener of open.listeners) listener.onEnd(failure);
  }

  #leave(topic: string, open: OpenTopic, listener: TopicListener): void {
    open.listeners.delete(listener);
    if (open.listeners.size > 0) return;
    if (this.#topics.get(topic) === open) this.#topics.delete(topic);
    void open.tail.then((tail) => tail.close());
  }
}
