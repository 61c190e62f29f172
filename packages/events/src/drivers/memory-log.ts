import { randomBytes } from 'node:crypto';
import type { EventEnvelope } from '../envelope.js';
import type { PositionedEvent } from '../event-bus.js';
import { historyGone } from '../history-gone.js';
import type { Position } from '../position.js';

/** The last events of a process, numbered. */
export class MemoryLog {
  readonly epoch = randomBytes(8).toString('hex');
  #events: PositionedEvent[] = [];
  #sequence = 0;

  constructor(private readonly maxEvents: number) {}

  /** Where the next event comes after. */
  get end(): Position {
    return { epoch: this.epoch, sequence: this.#sequence };
  }

  append(event: EventEnvelope): PositionedEvent {
    const positioned = { event, position: { epoch: this.epoch, sequence: ++this.#sequence } };
    this.#events.push(positioned);
    // Cut rarely, so that it costs little.
    if (this.#events.length >= 2 * this.maxEvents) this.#events = this.#events.slice(-this.maxEvents);
    return positioned;
  }

  /** @throws DeskgraphError RESUME_GAP */
  after(topic: string, { epoch, sequence }: Position): readonly PositionedEvent[] {
    const first = this.#events[0]?.position.sequence ?? this.#sequence + 1;
    if (epoch !== this.epoch || sequence < first - 1 || sequence > this.#sequence) throw historyGone();
    return this.#events.filter(
      ({ event, position }) => position.sequence > sequence && event.topic === topic,
    );
  }
}
