import { isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import type { BufferedTail } from '../../buffered-tail.js';
import type { PositionedEvent } from '../../event-bus.js';
import type { Position } from '../../position.js';
import type { TopicHistory } from './topic-history.js';

/** Messages that may wait while the history is read. */
const maxHeld = 10_000;

/**
 * A topic that is listened to. What is heard goes to its tails; where something is missing, because the connection was
 * lost, it is read from the history first.
 */
export class OpenTopic {
  readonly tails = new Set<BufferedTail>();
  /** Of the last event that the tails have; null until the topic is open. */
  #last: Position | null = null;
  /** What is heard while the history is read. */
  #held: string[] = [];
  #reading = true;
  /** Something was missed meanwhile. */
  #again = false;

  constructor(
    private readonly topic: string,
    private readonly history: TopicHistory,
    private readonly log: Logger | undefined,
  ) {}

  /** Where a tail begins that is added now. */
  get end(): Position | null {
    return this.#last;
  }

  /** Begins at the end of the history; messages must be heard already. Rejects as Redis does. */
  async open(): Promise<void> {
    this.#last = await this.history.end(this.topic);
    this.#reading = false;
    this.#release();
  }

  hear(message: string): void {
    if (this.#reading) this.#hold(message);
    else this.#take(message);
  }

  /** Reads what was missed while the connection was lost. */
  async heal(): Promise<void> {
    if (this.#last === null) return;
    this.#again = true;
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#again) {
        this.#again = false;
        for await (const event of this.history.after(this.topic, this.#last)) this.#push(event);
      }
    } catch (error) {
      this.#failed(error);
    }
    this.#reading = false;
    this.#release();
  }

  /** `<number> <event>`, with a `*` before it where a history begins. */
  #take(message: string): void {
    const space = message.indexOf(' ');
    const begins = message.startsWith('*');
    const sequence = Number(message.slice(begins ? 1 : 0, space));
    const { epoch, sequence: last } = this.#last as Position;
    if (sequence <= last) return;
    if (sequence === last + 1 || begins) {
      this.#push({ event: JSON.parse(message.slice(space + 1)), position: { epoch, sequence } });
    } else void this.heal();
  }

  #push(event: PositionedEvent): void {
    this.#last = event.position;
    for (const tail of this.tails) tail.push(event);
  }

  #hold(message: string): void {
    if (this.#held.length < maxHeld) this.#held.push(message);
    // Too many to keep: they are in the history.
    else this.#again = true;
  }

  #release(): void {
    for (const message of this.#held.splice(0)) this.hear(message);
  }

  /** A gap ends the tails; anything else is tried again with the next message or connection. */
  #failed(error: unknown): void {
    if (isDeskgraphError(error, 'RESUME_GAP')) for (const tail of [...this.tails]) tail.end(error);
    else this.log?.warn({ error, topic: this.topic }, 'a topic could not be read; that is tried again');
  }
}
