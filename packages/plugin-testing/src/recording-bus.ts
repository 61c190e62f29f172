import { type EventEnvelope, MemoryBus } from '@deskgraph/events';

/** The in-process bus, remembering what was published on it. */
export class RecordingBus extends MemoryBus {
  readonly #published: EventEnvelope[] = [];

  /** Every event that the bus accepted, in order. */
  get published(): readonly EventEnvelope[] {
    return this.#published;
  }

  override async publish(events: readonly EventEnvelope[]): Promise<void> {
    await super.publish(events);
    this.#published.push(...events);
  }
}
