import type { DeskgraphError } from '@deskgraph/plugin-sdk';
import { BufferedTail } from '../buffered-tail.js';
import type { PositionedEvent, Tail } from '../event-bus.js';
import type { Position } from '../position.js';

/** The open tails of a process, by topic. */
export class TailsByTopic {
  readonly #tails = new Map<string, Set<BufferedTail>>();

  open(topic: string, start: Position, maxBuffered: number): Tail {
    const tail: BufferedTail = new BufferedTail({
      start,
      maxBuffered,
      onClose: () => this.#remove(topic, tail),
    });
    const tails = this.#tails.get(topic) ?? new Set();
    this.#tails.set(topic, tails.add(tail));
    return tail;
  }

  push(positioned: PositionedEvent): void {
    for (const tail of this.#tails.get(positioned.event.topic) ?? []) {
      // A tail may begin where its log is already, before the reader of the log is.
      if (positioned.position.sequence > tail.start.sequence) tail.push(positioned);
    }
  }

  /** Ends all of them with a failure, behind what they have buffered. */
  end(failure: DeskgraphError): void {
    for (const tails of [...this.#tails.values()]) for (const tail of [...tails]) tail.end(failure);
  }

  close(): void {
    for (const tails of [...this.#tails.values()]) for (const tail of [...tails]) tail.close();
  }

  #remove(topic: string, tail: BufferedTail): void {
    const tails = this.#tails.get(topic);
    tails?.delete(tail);
    if (tails?.size === 0) this.#tails.delete(topic);
  }
}
