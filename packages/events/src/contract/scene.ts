import { createEvent } from '../create-event.js';
import type { EventEnvelope } from '../envelope.js';
import type { EventBus, EventHandler, PositionedEvent, Tail } from '../event-bus.js';

/** Opens the bus under test. */
export type OpenBus = () => Promise<EventBus>;

/** A bus and names that no other test uses. */
export interface Scene extends AsyncDisposable {
  readonly bus: EventBus;
  readonly topic: string;
  readonly type: string;
  readonly group: string;
  /** Makes an event on the scene's topic, or one named after it. */
  event(
    data: unknown,
    at?: { readonly topic?: string; readonly key?: string; readonly type?: string },
  ): EventEnvelope;
}

/** Tests by their names. */
export type Cases = Readonly<Record<string, (scene: Scene) => Promise<void>>>;

/** Sets one up; disposing it closes the bus. */
export async function openScene(open: OpenBus): Promise<Scene> {
  const bus = await open();
  const { id } = createEvent({ type: 'scene', source: '/contract', topic: 'scene', data: null });
  const name = id.toLowerCase();
  const [topic, type] = [`topic.${name}`, `type.${name}`];
  return {
    bus,
    topic,
    type,
    group: `group.${name}`,
    event: (data, at = {}) =>
      createEvent({
        source: '/contract',
        data,
        type: at.type ?? type,
        topic: at.topic ?? topic,
        ...(at.key === undefined ? {} : { partitionkey: at.key }),
      }),
    [Symbol.asyncDispose]: () => bus.close(),
  };
}

/** Reads so many events, then leaves the loop. */
export async function take(tail: Tail, count: number): Promise<PositionedEvent[]> {
  const taken: PositionedEvent[] = [];
  for await (const positioned of tail) {
    taken.push(positioned);
    if (taken.length === count) break;
  }
  return taken;
}

/** The data of what was read. */
export const dataOf = (events: readonly PositionedEvent[]): unknown[] =>
  events.map(({ event }) => event.data);

/** A promise that the test itself resolves. */
export class Signal<T = void> {
  readonly promise: Promise<T>;
  #resolve: (value: T) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  send(value: T): void {
    this.#resolve(value);
  }
}

/** Remembers what handlers got, and tells when there is as much as expected. */
export class Received {
  readonly data: unknown[] = [];
  readonly complete = new Signal();

  constructor(private readonly expected: number) {}

  readonly handler: EventHandler = ({ data }) => {
    this.data.push(data);
    if (this.data.length === this.expected) this.complete.send();
  };
}
