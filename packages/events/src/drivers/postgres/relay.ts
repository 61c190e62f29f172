import type { Logger } from '@deskgraph/plugin-sdk';
import type { EventBus } from '../../event-bus.js';
import type { EventLog } from './event-log.js';
import { WokenLoop } from './woken-loop.js';

const batchSize = 500;

/** What a relay is given. */
export interface RelayOptions {
  readonly log: EventLog;
  readonly bus: Pick<EventBus, 'publish'>;
  readonly logger?: Logger | undefined;
  readonly pollMs?: number | undefined;
}

/** Moves events from the outbox to the bus, in order: hands a batch over, then marks it, in one transaction. */
export class Relay {
  readonly #loop: WokenLoop;

  constructor(private readonly options: RelayOptions) {
    this.#loop = new WokenLoop({ ...options, work: () => this.#relay() });
  }

  /** There may be something to publish. */
  wake(): void {
    this.#loop.wake();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** @returns whether there may be more */
  async #relay(): Promise<boolean> {
    const { log, bus } = this.options;
    return log.database.transaction(async (tx) => {
      const events = await log.publish(batchSize, tx);
      await bus.publish(events.map(({ event }) => event));
      return events.length === batchSize;
    });
  }
}
