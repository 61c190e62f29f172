import { isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import type { BufferedTail } from '../../buffered-tail.js';
import type { PositionedEvent } from '../../event-bus.js';
import type { Position } from '../../position.js';
import { sequenceOf, type TopicHistory } from './topic-history.js';

/** Messages that may wait while the history is read. */
const maxHeld = 10_000;
const retryMs = 500;

/**
 * A topic that is listened to. What is heard goes to its tails at once, or after what was missed: when the connection
 * was lost, the history is read first.
 */
export class OpenTopic {
  readonly tails = new Set<BufferedTail>();
  /** Of the last event that the tails have; null until the topic is open. */
  #last: Position | null = null;
  /** What is heard while something before it is missing; null when nothing is. */
  #held: string[] | null = [];
  #healing = false;
  #missed = false;

  constructor(
    private readonly topic: string,
    private readonly history: TopicHistory,
    private readonly log: Logger | undefined,
  ) {}

  /** Where a tail begins that is added now; null until the topic is open. */
  get end(): Position | null {
    return this.#last;
  }

  /** Begins at the end of the history; messages must be heard already. Rejects as Redis does. */
  async open(): Promise<void> {
    this.#last = await this.history.end(this.topic);
    this.#release();
  }

  hear(message: string): void {
    if (this.#held === null) this.#take(message);
    else if (this.#held.length < maxHeld) this.#held.push(message);
    // Too many to keep: they are in the history.
    else this.#missed = true;
  }

  /** The connection is lost: what is heard from now on comes behind something that was missed. */
  lose(): void {
    this.#held ??= [];
    this.#missed = true;
  }

  /** Reads what was missed, once messages are heard again. Never rejects. */
  async heal(): Promise<void> {
    if (this.#last === null || this.#healing) return;
    this.#healing = true;
    while (this.#missed && this.tails.size > 0) {
      this.#missed = false;
      try {
        for await (const event of this.history.after(this.topic, this.#last)) this.#push(event);
      } catch (error) {
        await this.#failed(error);
      }
    }
    this.#healing = false;
    this.#release();
  }

  /** `<id> <event>` */
  #take(message: string): void {
    const space = message.indexOf(' ');
    const sequence = sequenceOf(message.slice(0, space));
    const { epoch, sequence: last } = this.#last as Position;
    if (sequence > last) {
      this.#push({ event: JSON.parse(message.slice(space + 1)), position: { epoch, sequence } });
    }
  }

  #push(event: PositionedEvent): void {
    this.#last = event.position;
    for (const tail of this.tails) tail.push(event);
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const message of held) this.#take(message);
  }

  /** A gap ends the tails; anything else is tried again. */
  async #failed(error: unknown): Promise<void> {
    if (isDeskgraphError(error, 'RESUME_GAP')) {
      for (const tail of [...this.tails]) tail.end(error);
      return;
    }
    this.log?.warn({ error, topic: this.topic }, 'a topic could not be read; that is tried again');
    this.#missed = true;
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}
