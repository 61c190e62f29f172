import type { EventBus, Position, PositionedEvent, Tail } from '@deskgraph/events';

/** Takes the events of a topic, in order; must not throw. */
export interface TopicListener {
  onEvent(event: PositionedEvent): void;
  /** The tail ended: the bus closed, or this process was too slow. */
  onEnd(error?: unknown): void;
}

interface OpenTopic {
  readonly listeners: Set<TopicListener>;
  readonly tail: Promise<Tail>;
  /** Of the last event that was heard. */
  heard?: Position;
}

/** That somebody listens. */
export interface Listening {
  /** What was published after this is heard. */
  readonly start: Position;
  stop(): void;
}

/** One tail per topic, however many listen to it. */
export class TopicTails {
  readonly #topics = new Map<string, OpenTopic>();

  constructor(private readonly bus: EventBus) {}

  /** Resolves once no later event can be missed. */
  async listen(topic: string, listener: TopicListener): Promise<Listening> {
    let open = this.#topics.get(topic);
    if (open === undefined) {
      open = { listeners: new Set(), tail: this.bus.tail(topic) };
      this.#topics.set(topic, open);
      void this.#pump(topic, open);
    }
    open.listeners.add(listener);
    const { heard } = open;
    const { start } = await open.tail;
    return { start: heard ?? start, stop: () => this.#leave(topic, open, listener) };
  }

  async #pump(topic: string, open: OpenTopic): Promise<void> {
    let failure: unknown;
    try {
      for await (const event of await open.tail) {
        open.heard = event.position;
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
