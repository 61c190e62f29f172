import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { checkEnvelope } from '../check-envelope.js';
import type { EventEnvelope } from '../envelope.js';
import type { EventBus } from '../event-bus.js';
import type { Outbox } from '../outbox.js';

/** For a host without a database: events go to the bus at once, and there are no transactions to publish in. */
export class DirectOutbox implements Outbox {
  constructor(private readonly bus: Pick<EventBus, 'publish'>) {}

  async append(): Promise<never> {
    throw new DeskgraphError('DATABASE_UNAVAILABLE', 'This host has no database to publish from.');
  }

  async store(events: readonly EventEnvelope[]): Promise<number> {
    await this.bus.publish(events.map(checkEnvelope));
    return events.length;
  }

  committed(): void {}
}
