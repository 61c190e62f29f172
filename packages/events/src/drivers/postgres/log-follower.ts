import type { Logger } from '@deskgraph/plugin-sdk';
import type { EventLog, LoggedEvent, LogHead } from './event-log.js';
import { WokenLoop } from './woken-loop.js';

const batchSize = 500;

/** What a follower is given. */
export interface FollowerOptions {
  readonly log: EventLog;
  readonly head: LogHead;
  /** Takes every event once, in order; must not throw. */
  readonly onEvent: (event: LoggedEvent) => void;
  /** Called when events were published by this process. */
  readonly onPublished: () => void;
  /** Called when the position has moved on. */
  readonly onMoved: () => void;
  readonly logger?: Logger | undefined;
  readonly pollMs?: number | undefined;
}

/** Relay and reader of the log in one: publishes what is committed, and follows what every process has published. */
export class LogFollower {
  readonly #loop: WokenLoop;
  #position: number;

  constructor(private readonly options: FollowerOptions) {
    this.#position = options.head.lastPosition;
    this.#loop = new WokenLoop({ ...options, work: () => this.#publish() });
  }

  /** Everything up to here was handed out. */
  get position(): number {
    return this.#position;
  }

  /** There may be something to publish or to read. */
  wake(): void {
    this.#loop.wake();
  }

  /** Resolves when everything that is committed by now is handed out, or could not be. */
  settle(): Promise<void> {
    return this.#loop.settle();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #publish(): Promise<boolean> {
    const published = await this.options.log.publish(batchSize);
    if (published[0]?.position === this.#position + 1) this.#handOut(published);
    else await this.#catchUp();
    if (published.length > 0) this.options.onPublished();
    return published.length === batchSize;
  }

  /** Others have published as well, or may have. */
  async #catchUp(): Promise<void> {
    for (;;) {
      const events = await this.options.log.after(this.#position, batchSize);
      this.#handOut(events);
      if (events.length < batchSize) return;
    }
  }

  #handOut(events: readonly LoggedEvent[]): void {
    if (events.length === 0) return;
    for (const event of events) {
      this.#position = event.position;
      this.options.onEvent(event);
    }
    this.options.onMoved();
  }
}
